package workflow

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

var (
	int64s   = reflect.TypeFor[[]int64]()
	stringsT = reflect.TypeFor[[]string]()
)

// activation hands facts to CEL by name.
type activation Facts

func (a activation) ResolveName(name string) (any, bool) {
	if v, ok := a[name]; ok {
		return v, true
	}
	return group{name, Facts(a)}, true
}

func (a activation) Parent() cel.Activation { return nil }

// holds evaluates a guard. One that fails to evaluate does not hold.
func (x expression) holds(facts Facts) (bool, error) {
	out, _, err := x.program.Eval(activation(facts))
	if err != nil {
		return false, err
	}
	return out == types.True, nil
}

// text evaluates an expression for a person to read; "" when it cannot.
func (x expression) text(facts Facts) string {
	if x.program == nil {
		return ""
	}
	out, _, err := x.program.Eval(activation(facts))
	if err != nil {
		return ""
	}
	return show(out)
}

func show(v ref.Val) string {
	switch v := v.(type) {
	case types.Int:
		return strconv.FormatInt(int64(v), 10)
	case types.Bool:
		return strconv.FormatBool(bool(v))
	case types.String:
		return string(v)
	}
	if list, err := v.ConvertToNative(stringsT); err == nil {
		return strings.Join(list.([]string), ", ")
	}
	if list, err := v.ConvertToNative(int64s); err == nil {
		return strings.Trim(fmt.Sprint(list), "[]")
	}
	return fmt.Sprint(v.Value())
}
