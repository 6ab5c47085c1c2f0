package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Act is one move of a product, as the table moves keeps it.
type Act struct {
	Entry    int64
	Product  string
	Round    string
	Campaign string
	Event    ocop.Event
	Actor    string
	At       time.Time
}

var (
	// Acts of the open round, outside any round, and of the campaign, for "same
	// person?" and "done?".
	setActs = sqldb.Set{
		SQL: `WITH of AS (SELECT p.id, p.round, p.campaign FROM products p WHERE p.id IN (SELECT c1 FROM {rows}))
			SELECT m.entry, m.product, m.round, m.campaign, m.event, m.actor, m.at FROM of JOIN moves m ON m.product = of.id AND m.round = of.round
			UNION ALL SELECT m.entry, m.product, m.round, m.campaign, m.event, m.actor, m.at FROM of JOIN moves m ON m.product = of.id AND m.round IS NULL
			UNION ALL SELECT m.entry, m.product, m.round, m.campaign, m.event, m.actor, m.at FROM of JOIN moves m ON m.product = of.id AND m.campaign = of.campaign
				WHERE of.campaign IS NOT NULL AND m.round IS NOT NULL AND (of.round IS NULL OR m.round <> of.round)
			ORDER BY entry`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writeActs = inserts(tableMoves)
)

// Acts of the open round, the campaign and outside any round of each product,
// oldest first.
func Acts(ctx context.Context, q sqldb.Querier, products []string) (map[string][]Act, error) {
	rows, err := sqldb.QuerySet(ctx, q, setActs, ids(products))
	out := map[string][]Act{}
	_, err = collect(rows, err, "acts", func(s scanner) (struct{}, error) {
		var a Act
		var round, campaign sql.NullString
		var at int64
		err := s.Scan(&a.Entry, &a.Product, &round, &campaign, &a.Event, &a.Actor, &at)
		a.Round, a.Campaign, a.At = round.String, campaign.String, sqldb.Time(at)
		out[a.Product] = append(out[a.Product], a)
		return struct{}{}, err
	})
	return out, err
}

// InsertActs keeps moves that stood.
func InsertActs(ctx context.Context, tx *sqldb.Tx, acts []Act) error {
	var rows [][]any
	for _, a := range acts {
		rows = append(rows, []any{a.Entry, a.Product, nullText(a.Round), nullText(a.Campaign), string(a.Event), a.Actor, sqldb.Micros(a.At)})
	}
	return writeActs.all(ctx, tx, "insert moves", rows)
}

// Answer is what an idempotency key was answered with.
type Answer struct {
	Account, Route, Key string
	Fingerprint         string
	Body                json.RawMessage
	At                  time.Time
}

var (
	setAnswers = sqldb.Set{
		SQL: `SELECT i.account, i.route, i.idem_key, i.fingerprint, i.answer, i.at FROM idempotency i JOIN {rows}
			ON i.account = r.c1 AND i.route = r.c2 AND i.idem_key = r.c3`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Text, sqldb.Text},
	}
	setSaveAnswers = sqldb.Set{
		SQL: `INSERT INTO idempotency (account, route, idem_key, fingerprint, answer, at) SELECT c1, c2, c3, c4, c5, c6 FROM {rows} WHERE TRUE
			ON CONFLICT (account, route, idem_key) DO UPDATE SET fingerprint = excluded.fingerprint, answer = excluded.answer, at = excluded.at`,
		Columns: []sqldb.Kind{sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Text, sqldb.Int},
	}
)

const sqlForgetAnswers = `DELETE FROM idempotency WHERE at < $1`

// Answers finds what keys were answered with before.
func Answers(ctx context.Context, q sqldb.Querier, keys []Answer) ([]Answer, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var in [][]any
	for _, k := range keys {
		in = append(in, []any{k.Account, k.Route, k.Key})
	}
	rows, err := sqldb.QuerySet(ctx, q, setAnswers, in)
	return collect(rows, err, "answers", func(s scanner) (a Answer, err error) {
		var at int64
		var body string
		err = s.Scan(&a.Account, &a.Route, &a.Key, &a.Fingerprint, &body, &at)
		a.Body, a.At = json.RawMessage(body), sqldb.Time(at)
		return a, err
	})
}

// SaveAnswers keeps answers for a repeat of their keys.
func SaveAnswers(ctx context.Context, tx *sqldb.Tx, list []Answer) error {
	var rows [][]any
	for _, a := range list {
		rows = append(rows, []any{a.Account, a.Route, a.Key, a.Fingerprint, string(a.Body), sqldb.Micros(a.At)})
	}
	return sqldb.MustSet(ctx, tx, "save answers", setSaveAnswers, rows)
}

// ForgetAnswers drops answers from before a moment.
func ForgetAnswers(ctx context.Context, tx *sqldb.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, sqlForgetAnswers, sqldb.Micros(before))
	return err
}
