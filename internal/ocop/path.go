package ocop

import "strings"

// Path is where a unit sits: its ancestors from the top, itself last, each as
// "kind:id", joined by slashes. It answers "at or below?" without a lookup.
type Path string

// Child is the path of a unit directly below p.
func (p Path) Child(kind UnitKind, id string) Path {
	step := Path(string(kind) + ":" + id)
	if p == "" {
		return step
	}
	return p + "/" + step
}

// Unit is the id of the unit of that kind on the path, "" when there is none.
func (p Path) Unit(kind UnitKind) string {
	for step := range strings.SplitSeq(string(p), "/") {
		if id, ok := strings.CutPrefix(step, string(kind)+":"); ok {
			return id
		}
	}
	return ""
}

// Upto is the path cut after the unit of that kind, "" when there is none.
func (p Path) Upto(kind UnitKind) Path {
	var steps []string
	for step := range strings.SplitSeq(string(p), "/") {
		steps = append(steps, step)
		if strings.HasPrefix(step, string(kind)+":") {
			return Path(strings.Join(steps, "/"))
		}
	}
	return ""
}

// Parent is the path one step up, "" at the top.
func (p Path) Parent() Path {
	if i := strings.LastIndexByte(string(p), '/'); i >= 0 {
		return p[:i]
	}
	return ""
}

// Within reports whether p is at or below top. Nothing is below an empty path.
func (p Path) Within(top Path) bool {
	return top != "" && (p == top || strings.HasPrefix(string(p), string(top)+"/"))
}

// Above is the exclusive upper end of all paths below p: with p + "/" it
// bounds an index scan.
func (p Path) Above() string { return string(p) + "0" }
