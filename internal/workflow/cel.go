package workflow

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"ocopflow/internal/ocop"
)

// costLimit bounds the work of one guard; the shipped ones stay below 200.
const costLimit = 20_000

// language is CEL over a fixed list of facts, without clock or I/O.
type language struct {
	env    *cel.Env
	facts  map[string]Fact
	groups []string
	// assesses says that the move's form holds topics of the commune's
	// assessment, so that assessment.topics is about the form.
	assesses bool
}

// group is what a guard sees behind a name such as "certificate".
type group struct {
	name  string
	facts Facts
}

// provider tells CEL the fields of each group and how to read them.
type provider struct {
	*types.Registry
	groups []string
	facts  map[string]Fact
}

func (p provider) FindStructType(name string) (*types.Type, bool) {
	if slices.Contains(p.groups, name) {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Registry.FindStructType(name)
}

func (p provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	full := name + "." + field
	fact, ok := p.facts[full]
	if !ok {
		return nil, false
	}
	return &types.FieldType{
		Type:  fact.Type.cel(),
		IsSet: func(target any) bool { return target.(group).facts[full] != nil },
		GetFrom: func(target any) (any, error) {
			if v := target.(group).facts[full]; v != nil {
				return v, nil
			}
			return nil, fmt.Errorf("fact %s is absent", full)
		},
	}, true
}

func newLanguage(facts []Fact, assesses bool) (*language, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	l := &language{facts: make(map[string]Fact, len(facts)), groups: groups(facts), assesses: assesses}
	for _, f := range facts {
		l.facts[f.Name] = f
	}
	options := []cel.EnvOption{
		cel.CustomTypeProvider(provider{registry, groups(facts), l.facts}),
		cel.CustomTypeAdapter(registry),
		function("days_between", []*cel.Type{cel.IntType, cel.IntType}, cel.IntType, func(a []ref.Val) ref.Val {
			return types.Int(a[1].(types.Int) - a[0].(types.Int))
		}),
		function("add_months", []*cel.Type{cel.IntType, cel.IntType}, cel.IntType, func(a []ref.Val) ref.Val {
			day, months := a[0].(types.Int), a[1].(types.Int)
			if day < -1e6 || day > 1e7 || months < -12e3 || months > 12e3 {
				return types.NewErr("add_months: out of range")
			}
			return types.Int(ocop.Date(day).AddMonths(int(months)))
		}),
		function("day_text", []*cel.Type{cel.IntType}, cel.StringType, func(a []ref.Val) ref.Val {
			day := a[0].(types.Int)
			if day < -1e6 || day > 1e7 {
				return types.NewErr("day_text: out of range")
			}
			return types.String(ocop.Date(day).String())
		}),
		function("spread", []*cel.Type{cel.ListType(cel.IntType)}, cel.IntType, func(a []ref.Val) ref.Val { return spread(a[0]) }),
	}
	for _, g := range groups(facts) {
		options = append(options, cel.Variable(g, cel.ObjectType(g)))
	}
	for _, f := range facts {
		if !strings.Contains(f.Name, ".") {
			options = append(options, cel.Variable(f.Name, f.Type.cel()))
		}
	}
	l.env, err = cel.NewEnv(options...)
	return l, err
}

func function(name string, args []*cel.Type, result *cel.Type, do func([]ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.Overload(name, args, result,
		cel.FunctionBinding(func(a ...ref.Val) ref.Val { return do(a) })))
}

// spread is the largest of a list less the smallest; 0 for an empty one.
func spread(list ref.Val) ref.Val {
	values, err := list.ConvertToNative(int64s)
	if err != nil {
		return types.WrapErr(err)
	}
	v := values.([]int64)
	if len(v) == 0 {
		return types.Int(0)
	}
	return types.Int(slices.Max(v) - slices.Min(v))
}

// expression is a compiled piece of CEL with the facts it reads.
type expression struct {
	program cel.Program
	reads   []string
}

// problem is what is wrong with an expression; Column counts from 1 inside it.
type problem struct {
	code   string
	column int
	vi, en string
}

// compile checks text against the facts; want is nil when any type will do.
func (l *language) compile(text string, want *cel.Type) (expression, []problem) {
	checked, issues := l.env.Compile(text)
	if issues.Err() != nil {
		var out []problem
		for _, e := range issues.Errors() {
			out = append(out, problem{"guard_wrong", e.Location.Column() + 1,
				fmt.Sprintf("Biểu thức %q không hợp lệ: %s", text, e.Message),
				fmt.Sprintf("The expression %q is wrong: %s", text, e.Message)})
		}
		return expression{}, out
	}
	if want != nil && !checked.OutputType().IsExactType(want) {
		return expression{}, []problem{{"guard_wrong", 1,
			fmt.Sprintf("Biểu thức %q phải cho kết quả đúng hoặc sai, không phải %s", text, checked.OutputType()),
			fmt.Sprintf("The expression %q must give true or false, not %s", text, checked.OutputType())}}
	}
	reader := reader{facts: l.facts, groups: l.groups}
	reader.walk(checked.NativeRep().Expr(), nil)
	slices.Sort(reader.reads)
	var out []problem
	for _, name := range reader.unasked {
		out = append(out, problem{"fact_may_be_absent", 1,
			fmt.Sprintf("Dữ kiện %s có thể không có: hãy hỏi has(%s) trước, trong %q", name, name, text),
			fmt.Sprintf("The fact %s may be absent: ask has(%s) first, in %q", name, name, text)})
	}
	if reader.group {
		out = append(out, problem{"guard_wrong", 1,
			fmt.Sprintf("Chỉ được đọc từng dữ kiện, không phải cả nhóm, trong %q", text),
			fmt.Sprintf("Facts are read one by one, not as a group, in %q", text)})
	}
	program, err := l.env.Program(checked, cel.CostLimit(costLimit))
	if err != nil {
		out = append(out, problem{"guard_wrong", 1, "Biểu thức không chạy được: " + err.Error(), "The expression cannot run: " + err.Error()})
	}
	return expression{program, slices.Compact(reader.reads)}, out
}

// reader walks an expression, collects the facts it reads, and finds optional
// ones that are read where has() has not been asked.
type reader struct {
	facts   map[string]Fact
	groups  []string
	reads   []string
	unasked []string
	group   bool // a group stands where a fact should
}

// walk visits e, where the facts in known are sure to be present.
func (r *reader) walk(e ast.Expr, known []string) {
	switch e.Kind() {
	case ast.IdentKind:
		if _, ok := r.facts[e.AsIdent()]; ok {
			r.reads = append(r.reads, e.AsIdent())
		}
		r.group = r.group || slices.Contains(r.groups, e.AsIdent())
	case ast.StructKind:
		r.group = true
	case ast.SelectKind:
		r.read(e, known)
	case ast.CallKind:
		r.call(e.AsCall(), known)
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			r.walk(x, known)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, x := range []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			r.walk(x, known)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			r.walk(entry.AsMapEntry().Key(), known)
			r.walk(entry.AsMapEntry().Value(), known)
		}
	}
}

func (r *reader) read(e ast.Expr, known []string) {
	name, test := selected(e)
	fact, ok := r.facts[name]
	if !ok {
		r.walk(e.AsSelect().Operand(), known)
		return
	}
	r.reads = append(r.reads, name)
	if fact.Optional && !test && !slices.Contains(known, name) && !slices.Contains(r.unasked, name) {
		r.unasked = append(r.unasked, name)
	}
}

func (r *reader) call(c ast.CallExpr, known []string) {
	args := c.Args()
	switch c.FunctionName() {
	case operators.LogicalAnd:
		r.walk(args[0], known)
		r.walk(args[1], append(slices.Clone(known), present(args[0], true)...))
	case operators.LogicalOr:
		r.walk(args[0], known)
		r.walk(args[1], append(slices.Clone(known), present(args[0], false)...))
	case operators.Conditional:
		r.walk(args[0], known)
		r.walk(args[1], append(slices.Clone(known), present(args[0], true)...))
		r.walk(args[2], append(slices.Clone(known), present(args[0], false)...))
	default:
		if c.IsMemberFunction() {
			r.walk(c.Target(), known)
		}
		for _, x := range args {
			r.walk(x, known)
		}
	}
}

// present are the facts that are surely there when e has turned out to be truth.
func present(e ast.Expr, truth bool) []string {
	if e.Kind() == ast.SelectKind {
		if name, test := selected(e); test && truth {
			return []string{name}
		}
		return nil
	}
	if e.Kind() != ast.CallKind {
		return nil
	}
	args := e.AsCall().Args()
	switch e.AsCall().FunctionName() {
	case operators.LogicalNot:
		return present(args[0], !truth)
	case operators.LogicalAnd:
		if truth {
			return append(present(args[0], true), present(args[1], true)...)
		}
	case operators.LogicalOr:
		if !truth {
			return append(present(args[0], false), present(args[1], false)...)
		}
	}
	return nil
}

// selected gives "group.field" of a select, and whether it only tests presence.
func selected(e ast.Expr) (name string, test bool) {
	s := e.AsSelect()
	if s.Operand().Kind() != ast.IdentKind {
		return "", s.IsTestOnly()
	}
	return s.Operand().AsIdent() + "." + s.FieldName(), s.IsTestOnly()
}
