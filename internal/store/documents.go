package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// DocumentFilter says which documents to list. Zero fields ask nothing.
type DocumentFilter struct {
	View         access.View
	Product      string // its own and its producer's
	Producer     string // id or code
	Kind         string
	LapsesFrom   *ocop.Date // with LapsesBefore: the last day lies in between, and no newer version is there
	LapsesBefore *ocop.Date
	After        string // cursor of the last one of the page before
	Limit        int
}

// Listed is a document with a product that it counts for.
type Listed struct {
	Document
	For          string `json:"for_product"`
	ForName      string `json:"for_product_name"`
	ProducerName string `json:"producer_name"`
}

// Cursor stands behind a document in its list.
func (l Listed) Cursor() string {
	if l.ValidTo == nil {
		return "|" + l.ID
	}
	return strconv.FormatInt(int64(*l.ValidTo), 10) + "|" + l.ID
}

// A producer's own document is listed with the first of its products.
const fromDocuments = ` FROM documents d JOIN products p ON p.id = COALESCE(d.product, (SELECT MIN(o.id) FROM products o WHERE o.producer = d.producer))
	JOIN units u ON u.id = d.producer WHERE `

// FindDocuments lists documents in view: those about to lapse by their last day,
// others by their age.
func FindDocuments(ctx context.Context, q sqldb.Querier, f DocumentFilter) ([]Listed, error) {
	var b binder
	where, order := viewCondition(f.View, b.bind), "d.id"
	last, id, _ := strings.Cut(f.After, "|")
	if f.Product != "" {
		n := b.bind(f.Product)
		where += fmt.Sprintf(" AND (d.product = %s OR d.product IS NULL AND d.producer = (SELECT s.producer FROM products s WHERE s.id = %s))", n, n)
	}
	if f.Producer != "" {
		n := b.bind(f.Producer)
		where += fmt.Sprintf(" AND (u.id = %s OR u.code = %s)", n, n)
	}
	if f.Kind != "" {
		where += " AND d.kind = " + b.bind(f.Kind)
	}
	if f.LapsesBefore != nil {
		order = "d.valid_to, d.id"
		where += " AND d.valid_to < " + b.bind(int64(*f.LapsesBefore)) + " AND NOT EXISTS (SELECT 1 FROM documents n WHERE n.producer = d.producer AND n.kind = d.kind AND n.replaces = d.id)"
		if f.LapsesFrom != nil {
			where += " AND d.valid_to >= " + b.bind(int64(*f.LapsesFrom))
		}
		if day, err := strconv.ParseInt(last, 10, 64); err == nil && id != "" {
			where += fmt.Sprintf(" AND (d.valid_to, d.id) > (%s, %s)", b.bind(day), b.bind(id))
		}
	} else if id != "" {
		where += " AND d.id > " + b.bind(id)
	}
	rows, err := q.Query(ctx, "SELECT p.id, p.name, u.name_vi, "+documentColumns+fromDocuments+where+" ORDER BY "+order+" LIMIT "+b.bind(f.Limit), b.args...)
	return collect(rows, err, "documents", func(s scanner) (l Listed, err error) {
		l.Document, err = scanDocument(s, &l.For, &l.ForName, &l.ProducerName)
		return l, err
	})
}
