package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"ocopflow/internal/criteria"
	"ocopflow/internal/fault"
	"ocopflow/internal/source"
	"ocopflow/internal/workflow"
	"ocopflow/workflows"
)

type scoreCmd struct {
	Sheet scoreSheetCmd `cmd:"" help:"Work out score sheets without a server: points, floors, stars and why."`
}

type scoreSheetCmd struct {
	File string `arg:"" help:"JSON: {\"criteria\": \"2026\", \"set\": 9, \"sheets\": [{\"choices\": {\"1.1\": 3}}], \"floors\": \"mean\"}." type:"existingfile"`
	JSON bool   `help:"Print JSON."`
}

// filled is what a sheet file holds.
type filled struct {
	Criteria string           `json:"criteria"`
	Set      int              `json:"set"`
	Sheets   []criteria.Sheet `json:"sheets"`
	Floors   criteria.Policy  `json:"floors"`
}

func (c scoreSheetCmd) Run(w world) error {
	text, err := readSmall(c.File)
	if err != nil {
		return err
	}
	r := evaluate(text)
	err = w.print(c.JSON, r, func(out io.Writer) {
		for _, x := range r.Errors {
			fmt.Fprintf(out, "✗ %s: %s\n", x.Place, x.Message.In(w.lang))
		}
		if len(r.Errors) == 0 {
			fmt.Fprintf(out, "%s · %d ★ (%d ★ · %d ★)\n", r.Mean, r.Stars, r.BandStars, r.FloorStars)
		}
		for _, m := range r.Missed {
			fmt.Fprintf(out, "  %s: %d/%d → %d ★\n", m.Criterion, m.Have, m.Need, m.Floor)
		}
		for _, k := range r.KnockedOut {
			fmt.Fprintf(out, "  %s: %s (%s)\n", k.Code, k.Effect, k.Kind)
		}
	})
	if err == nil && len(r.Errors) > 0 {
		err = errSilent
	}
	return err
}

// evaluate reads a sheet file and works it out; whatever is wrong with it is in
// the result's errors.
func evaluate(text []byte) criteria.Result {
	f := filled{Floors: criteria.ByMean}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := errors.Join(source.CheckJSON(text), d.Decode(&f)); err != nil || d.More() {
		return criteria.Refused("shape", "", "Tệp không đúng mẫu.", "The file has a wrong shape.")
	}
	set := criteria.BuiltIn(f.Criteria)[f.Set]
	if set == nil {
		return criteria.Refused("unknown_set", "set", fmt.Sprintf("Không có bộ %d của bộ tiêu chí %q.", f.Set, f.Criteria), fmt.Sprintf("There is no set %d of the criteria %q.", f.Set, f.Criteria))
	}
	rules, err := rulesFor(f.Criteria)
	if err != nil {
		return criteria.Refused("unknown_set", "criteria", err.Error(), err.Error())
	}
	return set.Evaluate(f.Sheets, f.Floors, rules.BandStars)
}

// rulesFor finds the procedure whose bands go with a version of the sheets: the
// latest that names it.
func rulesFor(version string) (*workflow.Rules, error) {
	lib, _, err := workflow.LoadAll(workflows.Files)
	if err != nil {
		return nil, err
	}
	var found *workflow.Rules
	for _, r := range lib.All() {
		if r.Criteria == version {
			found = r
		}
	}
	if found == nil {
		return nil, fault.New(fault.NotFound, "not_found", "Không có quy trình dùng bộ tiêu chí này.", "No procedure uses these criteria.")
	}
	return found, nil
}
