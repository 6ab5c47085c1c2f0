package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"ocopflow/internal/access"
	"ocopflow/internal/app"
	"ocopflow/internal/intake"
)

type productCmd struct {
	Import productImportCmd `cmd:"" help:"Take an Excel workbook in: products, or another table. Rows that are on record already are left alone."`
}

type productImportCmd struct {
	database
	File   string `arg:"" help:"Workbook (.xlsx); of documents a ZIP with the list and its files." type:"existingfile"`
	Kind   string `help:"Table: units, producers, products, certificates or documents." enum:"units,producers,products,certificates,documents" default:"products"`
	DryRun bool   `help:"Say what is wrong and write nothing."`
	Rows   bool   `help:"Enter the rows that are right, in place of all or none."`
	Marked string `help:"Where to put the workbook with its bad cells marked." placeholder:"FILE" type:"path"`
	JSON   bool   `help:"Print JSON."`
}

// Run ends with an error that says nothing more when cells are wrong: they have
// been printed.
func (c productImportCmd) Run(w world) error {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	o := intake.Order{Kind: c.Kind, Mode: intake.All, DryRun: c.DryRun, Actor: access.SystemActor, File: file, Size: info.Size()}
	if c.Rows {
		o.Mode = intake.Rows
	}
	out, err := on(w, c.database, func(a *app.App) (intake.Outcome, error) { return a.Intake.Import(w.ctx, o) })
	if err == nil && c.Marked != "" {
		err = c.mark(w, o, out)
	}
	if err != nil {
		return err
	}
	if err := w.print(c.JSON, out, func(to io.Writer) { w.tell(to, out) }); err != nil {
		return err
	}
	if out.BadRows > 0 || out.Refused() {
		return errSilent
	}
	return nil
}

func (c productImportCmd) mark(w world, o intake.Order, out intake.Outcome) error {
	to, err := os.Create(c.Marked)
	if err != nil {
		return err
	}
	return errors.Join(intake.Mark(to, o, out, w.lang), to.Close())
}

func (w world) tell(to io.Writer, out intake.Outcome) {
	fmt.Fprintf(to, "%s: %d dòng/rows, +%d, %d đã có/there already, %d sai/bad\n", out.Kind, out.Rows, out.Added, out.Already, out.BadRows)
	for _, b := range out.Bad {
		fmt.Fprintf(to, "  %s: %s (%s)\n", b.Cell, b.Message.In(w.lang), b.Code)
	}
}
