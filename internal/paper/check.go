package paper

import (
	"fmt"
	"reflect"
	"strings"
	"text/template"
	"text/template/parse"
)

// misuse is a template that asks for what is not there.
type misuse struct {
	line, column int
	vi, en       string
}

// misuses are all of a text.
type misuses []*misuse

func (m misuses) Error() string { return m[0].en }

// unknown is the type of what was wrongly asked for: nothing more is said of it.
type unknown struct{}

var unknownType = reflect.TypeFor[unknown]()

// mostMisuses are as many as anybody reads at once.
const mostMisuses = 50

// checker walks a template with the types of its paper's data, and has what it
// prints kept apart from its own text.
type checker struct {
	t    *template.Template
	tree *parse.Tree
	vars []variable
	bad  misuses
}

// variable is one of a template; without a type it may be anything.
type variable struct {
	name string
	kind reflect.Type
}

// check wants every placeholder to be in the data and every word to be known,
// and puts our bounds in. It tells all that is wrong at once.
func check(t *template.Template, data any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	if len(t.Templates()) > 1 {
		return misuses{{1, 1, "Mẫu không được định nghĩa mẫu khác (define, block).", "A template may not define others (define, block)."}}
	}
	if t.Tree == nil {
		return nil
	}
	kind := reflect.TypeOf(data)
	c := &checker{t: t, tree: t.Tree, vars: []variable{{"$", kind}}}
	if c.list(t.Root, kind); len(c.bad) > 0 {
		return c.bad
	}
	return nil
}

func (c *checker) fail(n parse.Node, vi, en string) {
	if len(c.bad) == mostMisuses {
		return
	}
	where, _ := c.tree.ErrorContext(n)
	m := &misuse{vi: vi, en: en, line: 1}
	parts := strings.Split(where, ":")
	if len(parts) >= 3 {
		_, _ = fmt.Sscan(parts[len(parts)-2], &m.line)
		_, _ = fmt.Sscan(parts[len(parts)-1], &m.column)
		m.column++
	}
	c.bad = append(c.bad, m)
}

func (c *checker) list(l *parse.ListNode, dot reflect.Type) {
	if l == nil {
		return
	}
	seen := len(c.vars)
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			n.Text = withoutMarks(n.Text)
		case *parse.CommentNode, *parse.BreakNode, *parse.ContinueNode:
		case *parse.ActionNode:
			c.pipe(n.Pipe, dot)
			if len(n.Pipe.Decl) == 0 {
				c.append(n.Pipe, keepWord)
			}
		case *parse.IfNode:
			c.branch(&n.BranchNode, dot, dot)
		case *parse.WithNode:
			c.branch(&n.BranchNode, dot, nil)
		case *parse.RangeNode:
			c.loop(n, dot)
		default:
			c.fail(n, "Lệnh này không dùng được trong mẫu.", "This cannot be used in a template.")
		}
	}
	c.vars = c.vars[:seen]
}

// append sends what a pipeline gives on to one of our words.
func (c *checker) append(p *parse.PipeNode, word string) {
	id := parse.NewIdentifier(word).SetPos(p.Pos).SetTree(c.tree)
	p.Cmds = append(p.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: p.Pos, Args: []parse.Node{id}})
}

// branch checks if and with; inside is the dot of the first list, that of the
// pipeline when nil.
func (c *checker) branch(n *parse.BranchNode, dot, inside reflect.Type) {
	seen := len(c.vars)
	kind := c.pipe(n.Pipe, dot)
	if inside == nil {
		inside = kind
	}
	c.list(n.List, inside)
	c.list(n.ElseList, dot)
	c.vars = c.vars[:seen]
}

func (c *checker) loop(n *parse.RangeNode, dot reflect.Type) {
	seen := len(c.vars)
	kind := c.pipe(n.Pipe, dot)
	elem := unknownType
	switch {
	case kind == unknownType:
	case kind == nil || kind.Kind() != reflect.Slice:
		c.fail(n.Pipe, "range chỉ dùng với danh sách.", "range is for lists alone.")
	default:
		elem = kind.Elem()
	}
	switch d := n.Pipe.Decl; len(d) {
	case 1:
		c.vars = append(c.vars[:seen], variable{d[0].Ident[0], elem})
	case 2:
		c.vars = append(c.vars[:seen], variable{d[0].Ident[0], reflect.TypeFor[int]()}, variable{d[1].Ident[0], elem})
	}
	c.list(n.List, elem)
	count := &parse.PipeNode{NodeType: parse.NodePipe, Pos: n.Pos}
	c.append(count, roundWord)
	weight := len(n.List.String())/16 + 1
	count.Cmds[0].Args = append(count.Cmds[0].Args, &parse.NumberNode{NodeType: parse.NodeNumber, Pos: n.Pos, IsInt: true, Int64: int64(weight), Text: fmt.Sprint(weight)})
	n.List.Nodes = append([]parse.Node{&parse.ActionNode{NodeType: parse.NodeAction, Pos: n.Pos, Pipe: count}}, n.List.Nodes...)
	c.list(n.ElseList, dot)
	c.vars = c.vars[:seen]
}

// pipe gives the type of a pipeline, nil when it may be anything.
func (c *checker) pipe(p *parse.PipeNode, dot reflect.Type) reflect.Type {
	var kind reflect.Type
	for i, cmd := range p.Cmds {
		kind = c.command(cmd, dot, i > 0)
	}
	for _, v := range p.Decl {
		if p.IsAssign {
			c.variable(v)
			continue
		}
		c.vars = append(c.vars, variable{v.Ident[0], kind})
	}
	return kind
}

func (c *checker) command(cmd *parse.CommandNode, dot reflect.Type, piped bool) reflect.Type {
	var kind reflect.Type
	for i, arg := range cmd.Args {
		id, word := arg.(*parse.IdentifierNode)
		if word && i == 0 {
			kind = c.word(id)
			continue
		}
		t := c.value(arg, dot)
		if i == 0 {
			if len(cmd.Args) > 1 || piped {
				c.fail(arg, "Đây không phải là hàm.", "This is not a function.")
			}
			kind = t
		}
	}
	return kind
}

// word is the type of what a function gives.
func (c *checker) word(id *parse.IdentifierNode) reflect.Type {
	if kind, ok := builtin[id.Ident]; ok {
		return kind
	}
	f, ok := words[id.Ident]
	if !ok || id.Ident == keepWord || id.Ident == roundWord {
		c.fail(id, fmt.Sprintf("Không có hàm %q trong mẫu văn bản.", id.Ident), fmt.Sprintf("Templates have no function %q.", id.Ident))
		return unknownType
	}
	return reflect.TypeOf(f).Out(0)
}

func (c *checker) value(n parse.Node, dot reflect.Type) reflect.Type {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return c.fields(n, dot, n.Ident)
	case *parse.VariableNode:
		return c.fields(n, c.variable(n), n.Ident[1:])
	case *parse.PipeNode:
		return c.pipe(n, dot)
	case *parse.ChainNode:
		return c.fields(n, c.value(n.Node, dot), n.Field)
	case *parse.IdentifierNode:
		return c.word(n)
	case *parse.StringNode:
		return reflect.TypeFor[string]()
	case *parse.NumberNode:
		return reflect.TypeFor[int]()
	case *parse.BoolNode:
		return reflect.TypeFor[bool]()
	}
	return nil
}

func (c *checker) variable(n *parse.VariableNode) reflect.Type {
	for i := len(c.vars) - 1; i >= 0; i-- {
		if c.vars[i].name == n.Ident[0] {
			return c.vars[i].kind
		}
	}
	return nil
}

// fields follows names into a type. Data has no methods and no pointers, so that
// nothing but fields can be named.
func (c *checker) fields(n parse.Node, kind reflect.Type, names []string) reflect.Type {
	for _, name := range names {
		if kind == unknownType {
			return kind
		}
		if kind == nil {
			c.fail(n, fmt.Sprintf("Không rõ %q thuộc về đâu.", name), fmt.Sprintf("It is not clear what %q belongs to.", name))
			return unknownType
		}
		var f reflect.StructField
		ok := kind.Kind() == reflect.Struct
		if ok {
			f, ok = kind.FieldByName(name)
		}
		if !ok || !f.IsExported() {
			c.fail(n, fmt.Sprintf("Không có chỗ điền %q ở đây.", "."+name), fmt.Sprintf("There is no placeholder %q here.", "."+name))
			return unknownType
		}
		kind = f.Type
	}
	return kind
}
