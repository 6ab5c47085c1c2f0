package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"ocopflow/internal/access"
	"ocopflow/internal/app"
	"ocopflow/internal/casework"
	"ocopflow/internal/draw"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
	"ocopflow/workflows"
)

type workflowCmd struct {
	Check   workflowCheckCmd   `cmd:"" help:"Prove procedure files; errors end with code 1, warnings do not."`
	Graph   workflowGraphCmd   `cmd:"" help:"Draw a procedure."`
	Facts   workflowFactsCmd   `cmd:"" help:"List what guards may know."`
	Diff    workflowDiffCmd    `cmd:"" help:"Say in words what changed between two versions."`
	Migrate workflowMigrateCmd `cmd:"" help:"Move running rounds to another version of their procedure; those that would be stuck stay, with the reasons."`
	Schema  workflowSchemaCmd  `cmd:"" help:"Print the JSON Schema of procedure files."`
}

type workflowCheckCmd struct {
	Files []string `arg:"" help:"Procedure files." type:"existingfile"`
	JSON  bool     `help:"Print JSON."`
}

func (c workflowCheckCmd) Run(w world) error {
	findings, failed := []workflow.Finding{}, false
	for _, name := range c.Files {
		text, err := readSmall(name)
		if err != nil {
			return err
		}
		rules, found := workflow.Load(name, text)
		findings = append(findings, found...)
		failed = failed || rules == nil
	}
	err := w.print(c.JSON, map[string]any{"findings": findings, "ok": !failed}, func(out io.Writer) {
		for _, f := range findings {
			kind := "error"
			if f.Warning {
				kind = "warning"
			}
			fmt.Fprintf(out, "%s:%d:%d: %s %s: %s\n", f.File, f.Line, f.Column, kind, f.Code, f.Message.In(w.lang))
		}
		if !failed {
			fmt.Fprintf(out, "%d ✓\n", len(c.Files))
		}
	})
	if err == nil && failed {
		err = errSilent
	}
	return err
}

type workflowGraphCmd struct {
	File   string `arg:"" help:"Procedure file, or a version that is built in."`
	Format string `help:"mermaid, dot, svg or bpmn." enum:"mermaid,dot,svg,bpmn" default:"mermaid"`
}

func (c workflowGraphCmd) Run(w world) error {
	rules, err := readProcedure(c.File)
	if err != nil {
		return err
	}
	body, _, err := draw.Scene{Rules: rules, Lang: w.lang}.Draw(w.ctx, c.Format)
	if err != nil {
		return err
	}
	_, err = w.out.Write(body)
	return err
}

// readProcedure reads a file or, where there is none of that name, a procedure
// that is built in, such as ocop-2023 or 2023.
func readProcedure(name string) (*workflow.Rules, error) {
	text, err := readSmall(name)
	if errors.Is(err, fs.ErrNotExist) {
		for _, built := range []string{name, name + ".yaml", "ocop-" + name + ".yaml"} {
			if text, err = workflows.Files.ReadFile(built); err == nil {
				break
			}
		}
	}
	if err != nil {
		return nil, fault.New(fault.NotFound, "not_found", "Không có tệp hay quy trình "+name+".", "There is no file or procedure "+name+".")
	}
	rules, findings := workflow.Load(name, text)
	if rules == nil {
		bad := fault.New(fault.Invalid, "procedure_file", "Quy trình có lỗi.", "The procedure has errors.")
		for _, f := range findings {
			bad.At(fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column), f.Message.Vi, f.Message.En)
		}
		return nil, bad
	}
	return rules, nil
}

type workflowDiffCmd struct {
	A    string `arg:"" help:"Procedure file, or a version that is built in, such as 2023."`
	B    string `arg:"" help:"Another one."`
	JSON bool   `help:"Print JSON."`
}

func (c workflowDiffCmd) Run(w world) error {
	a, err := readProcedure(c.A)
	if err != nil {
		return err
	}
	b, err := readProcedure(c.B)
	if err != nil {
		return err
	}
	changes := workflow.Diff(a, b)
	return w.print(c.JSON, map[string]any{"changes": changes}, func(out io.Writer) {
		for _, x := range changes {
			fmt.Fprintf(out, "%s %s\n", map[string]string{"added": "+", "removed": "-", "changed": "~"}[x.Kind], x.Words.In(w.lang))
		}
		fmt.Fprintf(out, "%s → %s: %d\n", a.Version, b.Version, len(changes))
	})
}

type workflowSchemaCmd struct{}

func (workflowSchemaCmd) Run(w world) error {
	_, err := w.out.Write(workflows.Schema)
	return err
}

type workflowMigrateCmd struct {
	database
	Name   string `arg:"" help:"Procedure, such as ocop."`
	From   string `arg:"" help:"Version that running rounds are pinned to."`
	To     string `arg:"" help:"Version to move them to."`
	DryRun bool   `help:"Only print the plan."`
	Late   bool   `help:"Move also rounds for which nothing but a deadline has passed."`
	JSON   bool   `help:"Print JSON."`
}

func (c workflowMigrateCmd) Run(w world) error {
	plan, err := on(w, c.database, func(a *app.App) ([]casework.Migrating, error) {
		return a.Desk.Migrate(w.ctx, access.SystemActor, casework.Migration{Name: c.Name, From: c.From, To: c.To, Late: c.Late}, c.DryRun)
	})
	if err != nil {
		return err
	}
	stuck, moved := 0, 0
	for _, x := range plan {
		if len(x.Stuck) > 0 && !x.Moved {
			stuck++
		}
		if x.Moved {
			moved++
		}
	}
	data := map[string]any{"rounds": plan, "stuck": stuck, "moved": moved, "dry_run": c.DryRun}
	return w.print(c.JSON, data, func(out io.Writer) {
		for _, x := range plan {
			mark := "✓"
			if len(x.Stuck) > 0 {
				mark = "✗"
			}
			fmt.Fprintf(out, "%s %s  %s/%s  %s → %s\n", mark, x.Name, x.Track, x.State, x.Level, x.NewLevel)
			for _, r := range x.Stuck {
				fmt.Fprintf(out, "    - %s (%s)\n", r.Message.In(w.lang), r.Code)
			}
		}
		fmt.Fprintln(out, ocop.Text{Vi: fmt.Sprintf("%d lượt: %d đã chuyển, %d vướng.", len(plan), moved, stuck),
			En: fmt.Sprintf("%d rounds: %d moved, %d stuck.", len(plan), moved, stuck)}.In(w.lang))
	})
}

type workflowFactsCmd struct {
	JSON bool `help:"Print JSON."`
}

func (c workflowFactsCmd) Run(w world) error {
	return w.print(c.JSON, workflow.Catalogue, func(out io.Writer) {
		for _, f := range workflow.Catalogue {
			optional := ""
			if f.Optional {
				optional = "?"
			}
			fmt.Fprintf(out, "%-26s %-14s %s\n", f.Name+optional, f.Type, f.Meaning.In(w.lang))
		}
	})
}
