package source

import (
	"errors"
	"fmt"
	"io/fs"
)

// Read reads a YAML file of rules and lets check say what is wrong with them; nil
// checks nothing.
func Read[T any](name string, text []byte, check func(T) error) (rules T, err error) {
	if _, bad := Parse(name, text, &rules); bad != nil {
		return rules, errors.New(bad.String())
	}
	if check != nil {
		err = check(rules)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return rules, err
}

// BuiltIn reads a file that comes with the program. A fault in it is the program's
// own: it panics, which the tests of whoever owns the file find.
func BuiltIn[T any](files fs.FS, name string, check func(T) error) T {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		panic(err)
	}
	rules, err := Read(name, text, check)
	if err != nil {
		panic(err)
	}
	return rules
}
