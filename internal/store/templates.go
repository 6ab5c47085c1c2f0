package store

import (
	"context"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// PaperTemplate is the text from which a unit makes one of its papers.
type PaperTemplate struct {
	Unit    string // id
	Path    ocop.Path
	Name    string // of the paper
	Lang    ocop.Lang
	Body    string
	Hash    string // SHA-256 of Body, hex
	Dropped bool   // the unit went back to what stands above it
	KeptBy  string
	KeptAt  time.Time
	Version int64
}

var tablePaperTemplates = table("paper_templates", "unit", "name", "lang").with(text("unit"), text("name"), text("lang"), text("body").kept(body), text("hash"),
	flag("dropped"), text("kept_by"), whole("kept_at"), whole("version"))

const paperTemplateColumns = `t.unit, u.path, t.name, t.lang, t.body, t.hash, t.dropped, t.kept_by, t.kept_at, t.version`

const (
	sqlPaperTemplate = `SELECT ` + paperTemplateColumns + ` FROM paper_templates t JOIN units u ON u.id = t.unit WHERE t.unit = $1 AND t.name = $2 AND t.lang = $3`

	// A path begins with those of the units above it.
	sqlPaperTemplatesFor = `SELECT ` + paperTemplateColumns + ` FROM paper_templates t JOIN units u ON u.id = t.unit
WHERE NOT t.dropped AND substr($1, 1, length(u.path) + 1) = u.path || '/' ORDER BY length(u.path), t.name, t.lang`
)

var (
	writePaperTemplate    = inserts(tablePaperTemplates)
	writePaperTemplateNew = updates(tablePaperTemplates, "body", "hash", "dropped", "kept_by", "kept_at", "version").next()
)

func scanPaperTemplate(s scanner) (t PaperTemplate, err error) {
	var kept int64
	err = s.Scan(&t.Unit, &t.Path, &t.Name, &t.Lang, &t.Body, &t.Hash, &t.Dropped, &t.KeptBy, &kept, &t.Version)
	t.KeptAt = sqldb.Time(kept)
	return t, err
}

// PaperTemplateOf finds the one that a unit keeps, or kept; nil when it never did.
func PaperTemplateOf(ctx context.Context, q sqldb.Querier, unit, name string, lang ocop.Lang) (*PaperTemplate, error) {
	return one(q.QueryRow(ctx, sqlPaperTemplate, unit, name, string(lang)), "paper template", scanPaperTemplate)
}

// PaperTemplatesFor lists those that count at a place, kept there or above, the highest
// unit first.
func PaperTemplatesFor(ctx context.Context, q sqldb.Querier, place ocop.Path) ([]PaperTemplate, error) {
	rows, err := q.Query(ctx, sqlPaperTemplatesFor, string(place)+"/")
	return collect(rows, err, "paper templates", scanPaperTemplate)
}

// SavePaperTemplate adds a template, or puts it in the place of the one that is
// still as it was read.
func SavePaperTemplate(ctx context.Context, tx *sqldb.Tx, t PaperTemplate) error {
	values := []any{t.Unit, t.Name, string(t.Lang), t.Body, t.Hash, t.Dropped, t.KeptBy, sqldb.Micros(t.KeptAt), t.Version}
	if t.Version == 1 {
		return writePaperTemplate.one(ctx, tx, "keep paper template "+t.Name, values...)
	}
	return writePaperTemplateNew.one(ctx, tx, "keep paper template "+t.Name, values...)
}
