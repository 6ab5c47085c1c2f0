package store

import (
	"fmt"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
)

// binder numbers the arguments of a statement.
type binder struct{ args []any }

func (b *binder) bind(v any) string {
	b.args = append(b.args, v)
	return fmt.Sprintf("$%d", len(b.args))
}

// within is the form of the condition "at or below a place": the place, what
// stands before all that is below it, and what stands behind.
const within = "%[1]s = %[2]s OR (%[1]s >= %[3]s AND %[1]s < %[4]s)"

func at(form, column string, place ocop.Path, bind func(any) string) string {
	return fmt.Sprintf(form, column, bind(string(place)), bind(string(place)+"/"), bind(place.Above()))
}

// pathsBelow is the condition "at or below one of the places".
func pathsBelow(column string, places []ocop.Path, bind func(any) string) string {
	var conds []string
	for _, p := range places {
		conds = append(conds, at(within, column, p, bind))
	}
	return anyOf(conds)
}

// anyOf holds where one of the conditions does.
func anyOf(conds []string) string {
	if len(conds) == 0 {
		return "FALSE"
	}
	return "(" + strings.Join(conds, " OR ") + ")"
}

// viewCondition is that a product is in view.
func viewCondition(v access.View, bind func(any) string) string { return viewAs(within, v, bind) }

// viewAs is a view with its places written in a form.
func viewAs(form string, v access.View, bind func(any) string) string {
	var conds []string
	for _, u := range v.Units {
		conds = append(conds, at(form, "p.path", u, bind))
	}
	for _, id := range v.Producers {
		conds = append(conds, "p.producer = "+bind(id))
	}
	for _, id := range v.Products {
		conds = append(conds, "p.id = "+bind(id))
	}
	return anyOf(conds)
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
