package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// settings reads a settings file: JSON, or the lines of an environment, so that a
// command can be given the very file that the service reads. The environment
// itself comes before it: kong would let the file win.
func settings(r io.Reader) (kong.Resolver, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		lines, err := environment(string(text))
		return resolver(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
			for _, name := range flag.Envs {
				if v, ok := lines[name]; ok {
					return v, nil
				}
			}
			return nil, nil
		}), err
	}
	file, err := kong.JSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return resolver(file.Resolve), nil
}

func resolver(from kong.ResolverFunc) kong.Resolver {
	return kong.ResolverFunc(func(c *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
		if slices.ContainsFunc(flag.Envs, func(name string) bool { _, set := os.LookupEnv(name); return set }) {
			return nil, nil
		}
		return from(c, parent, flag)
	})
}

// environment reads lines NAME=VALUE as systemd does, without its escapes.
func environment(text string) (map[string]string, error) {
	out := map[string]string{}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\uFEFF")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, fmt.Errorf("line %d of the settings: want NAME=VALUE", n)
		}
		value = strings.TrimSpace(value)
		if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
			value = value[1 : len(value)-1]
		}
		out[name] = value
	}
	return out, nil
}
