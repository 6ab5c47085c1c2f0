package workflow

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

// Library holds the procedures that are loaded.
type Library struct{ rules []*Rules }

// LoadAll loads every *.yaml in the top folders of places; a file of a later
// place stands in for one of the same name. Any error in any file stops it, with
// all findings.
func LoadAll(places ...fs.FS) (*Library, []Finding, error) {
	from := map[string]fs.FS{}
	for _, files := range places {
		names, err := fs.Glob(files, "*.yaml")
		if err != nil {
			return nil, nil, err
		}
		for _, name := range names {
			from[name] = files
		}
	}
	var l Library
	var all []Finding
	for _, name := range slices.Sorted(maps.Keys(from)) {
		text, err := fs.ReadFile(from[name], name)
		if err != nil {
			return nil, all, err
		}
		r, findings := Compiled(path.Base(name), text)
		all = append(all, findings...)
		if r == nil {
			return nil, all, fmt.Errorf("procedure %s does not pass its check", name)
		}
		if err := l.Add(r); err != nil {
			return nil, all, err
		}
	}
	return &l, all, nil
}

// compiled are procedures with their findings, by name and text.
var compiled sync.Map

type reading struct {
	rules    *Rules
	findings []Finding
}

// Compiled is what Load says of a text, worked out once: a text has one meaning
// whoever asks, and rules do not change. It is for texts that are in use, not for
// any that somebody tries, since it keeps them.
func Compiled(name string, text []byte) (*Rules, []Finding) {
	key := name + "\x00" + string(text)
	known, ok := compiled.Load(key)
	if !ok {
		r, findings := Load(name, text)
		known, _ = compiled.LoadOrStore(key, reading{r, findings})
	}
	return known.(reading).rules, slices.Clone(known.(reading).findings)
}

// Add puts a procedure on the shelf; a name and version is there once.
func (l *Library) Add(r *Rules) error {
	if old := l.Pinned(r.Name, r.Version); old != nil {
		return fmt.Errorf("procedure %s %s is there twice", r.Name, r.Version)
	}
	l.rules = append(l.rules, r)
	slices.SortFunc(l.rules, func(a, b *Rules) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Legal.Effective, b.Legal.Effective))
	})
	return nil
}

// All procedures, by name and then by the day they took effect.
func (l *Library) All() []*Rules { return l.rules }

// Pinned is the version a round is pinned to; nil when it is not loaded.
func (l *Library) Pinned(name, version string) *Rules {
	for _, r := range l.rules {
		if r.Name == name && r.Version == version {
			return r
		}
	}
	return nil
}

// InForce is the version with the latest effective day not after day.
//
// Faults: no_procedure (Conflict).
func (l *Library) InForce(name string, day ocop.Date) (*Rules, error) {
	for _, r := range slices.Backward(l.rules) {
		if r.Name == name && r.Legal.Effective <= day {
			return r, nil
		}
	}
	return nil, fault.New(fault.Conflict, "no_procedure",
		fmt.Sprintf("Không có quy trình %q nào có hiệu lực vào ngày %s.", name, day.In(ocop.Vi)),
		fmt.Sprintf("No procedure %q is in force on %s.", name, day.In(ocop.En)))
}
