package main

import (
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kong"
)

// settings reads the settings file. The environment comes before it: kong would
// let the file win.
func settings(r io.Reader) (kong.Resolver, error) {
	file, err := kong.JSON(r)
	if err != nil {
		return nil, err
	}
	return kong.ResolverFunc(func(c *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
		if slices.ContainsFunc(flag.Envs, func(name string) bool { _, set := os.LookupEnv(name); return set }) {
			return nil, nil
		}
		return file.Resolve(c, parent, flag)
	}), nil
}
