package main

import (
	"fmt"
	"io"

	"ocopflow/internal/audit"
	"ocopflow/internal/sqldb"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute hashes, chains and tree of the ledger; a fault ends with code 1."`
}

type auditVerifyCmd struct {
	database
	JSON bool `help:"Print JSON."`
}

func (c auditVerifyCmd) Run(w world) error {
	db, err := sqldb.Open(w.ctx, c.url())
	if err != nil {
		return err
	}
	defer db.Close()
	report, err := audit.Verify(w.ctx, db)
	if err != nil {
		return err
	}
	err = w.print(c.JSON, report, func(out io.Writer) {
		if report.OK {
			fmt.Fprintf(out, "✓ %d entries, root %s\n", report.Entries, report.Root)
		} else {
			fmt.Fprintf(out, "✗ %s\n", report.Fault)
		}
	})
	if err == nil && !report.OK {
		err = errSilent
	}
	return err
}
