package main

import (
	"fmt"
	"io"

	"ocopflow/internal/fault"
	"ocopflow/internal/workflow"
)

type workflowCmd struct {
	Check workflowCheckCmd `cmd:"" help:"Prove procedure files; errors end with code 1, warnings do not."`
	Graph workflowGraphCmd `cmd:"" help:"Draw a procedure."`
	Facts workflowFactsCmd `cmd:"" help:"List what guards may know."`
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
	File   string `arg:"" help:"Procedure file." type:"existingfile"`
	Format string `help:"mermaid." enum:"mermaid" default:"mermaid"`
}

func (c workflowGraphCmd) Run(w world) error {
	text, err := readSmall(c.File)
	if err != nil {
		return err
	}
	rules, findings := workflow.Load(c.File, text)
	if rules == nil {
		bad := fault.New(fault.Invalid, "procedure_file", "Quy trình có lỗi.", "The procedure has errors.")
		for _, f := range findings {
			bad.At(fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column), f.Message.Vi, f.Message.En)
		}
		return bad
	}
	fmt.Fprint(w.out, rules.Mermaid(w.lang, "", nil))
	return nil
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
