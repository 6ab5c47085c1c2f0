//go:build unix

package bench

import (
	"encoding/json"
	"os"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
)

// note is who is in an office, so that a benchmark finds it again. Its tokens
// open nothing but that office.
type note struct {
	Steps    []noted
	Products []string
	Next     []int // step of each product
}

type noted struct {
	Event   ocop.Event
	Actor   access.Actor
	Token   string
	Comment string
	Data    map[string]any
	Target  int64 // in Data, where JSON would make another number of it
}

func (o *office) keep(file string) error {
	var n note
	for _, s := range o.steps {
		target, _ := s.data["target"].(int64)
		n.Steps = append(n.Steps, noted{s.event, s.actor, s.token, s.comment, s.data, target})
	}
	for _, p := range o.products {
		n.Products, n.Next = append(n.Products, p.id), append(n.Next, p.next)
	}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// recall takes up an office that was kept.
func (o *office) recall(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var n note
	if err := json.Unmarshal(text, &n); err != nil {
		return err
	}
	for _, s := range n.Steps {
		if s.Target != 0 {
			s.Data["target"] = s.Target
		}
		o.steps = append(o.steps, step{event: s.Event, actor: s.Actor, token: s.Token, comment: s.Comment, data: s.Data})
	}
	for i, id := range n.Products {
		o.products = append(o.products, product{id: id, next: n.Next[i]})
	}
	return nil
}
