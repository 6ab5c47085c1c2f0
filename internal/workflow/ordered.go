package workflow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Ordered is a mapping that keeps the order of its file, which is the order
// people read.
type Ordered[T any] struct {
	keys   []string
	values map[string]T
}

// Get finds a value by its key.
func (o Ordered[T]) Get(key string) (T, bool) {
	v, ok := o.values[key]
	return v, ok
}

// Has reports whether key is declared.
func (o Ordered[T]) Has(key string) bool {
	_, ok := o.values[key]
	return ok
}

// Keys in the order of the file.
func (o Ordered[T]) Keys() []string { return o.keys }

// All goes through keys and values in the order of the file.
func (o Ordered[T]) All() iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		for _, k := range o.keys {
			if !yield(k, o.values[k]) {
				return
			}
		}
	}
}

// UnmarshalYAML reads a mapping; unknown keys in its values are errors.
func (o *Ordered[T]) UnmarshalYAML(node ast.Node) error {
	var pairs []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		return &yaml.SyntaxError{Message: "a mapping of names is needed here", Token: node.GetToken()}
	}
	o.values = make(map[string]T, len(pairs))
	for _, pair := range pairs {
		var key string
		if err := yaml.NodeToValue(pair.Key, &key); err != nil {
			return err
		}
		var value T
		if _, empty := pair.Value.(*ast.NullNode); !empty {
			if err := yaml.NodeToValue(pair.Value, &value, yaml.Strict()); err != nil {
				return err
			}
		}
		if o.Has(key) {
			return &yaml.SyntaxError{Message: fmt.Sprintf("%q is declared twice", key), Token: pair.Key.GetToken()}
		}
		o.keys = append(o.keys, key)
		o.values[key] = value
	}
	return nil
}

// MarshalJSON writes an object in the order of the file.
func (o Ordered[T]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(k)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(o.values[k])
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
