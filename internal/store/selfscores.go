package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ocopflow/internal/criteria"
	"ocopflow/internal/sqldb"
)

// SelfScore is what a producer made of a product.
type SelfScore struct {
	Product  string              `json:"product"`
	Number   int                 `json:"number"`
	Round    string              `json:"round,omitempty"`
	Criteria string              `json:"criteria"`
	Set      int                 `json:"set"`
	Sheet    criteria.Sheet      `json:"sheet"`
	Evidence map[string][]string `json:"evidence"` // documents by criterion
	By       string              `json:"by"`
	At       time.Time           `json:"at"`
	Entry    int64               `json:"entry"`
}

const (
	sqlSelfScores = `SELECT product, number, round, criteria, criteria_set, body, evidence, scored_by, scored_at, entry FROM self_scores
		WHERE product = $1 ORDER BY number DESC LIMIT $2`
	sqlBeforeRound = `SELECT product, number, round, criteria, criteria_set, body, evidence, scored_by, scored_at, entry FROM self_scores
		WHERE product = $1 AND (round IS NULL OR round <> $2) ORDER BY number DESC LIMIT 1`
)

var writeSelfScore = inserts(tableSelfScores)

func scanSelfScore(s scanner) (x SelfScore, err error) {
	var round sql.NullString
	var number, kind, at int64
	var body, evidence string
	if err = s.Scan(&x.Product, &number, &round, &x.Criteria, &kind, &body, &evidence, &x.By, &at, &x.Entry); err != nil {
		return x, err
	}
	x.Number, x.Round, x.Set, x.At = int(number), round.String, int(kind), sqldb.Time(at)
	if err = json.Unmarshal([]byte(body), &x.Sheet); err != nil {
		return x, err
	}
	return x, json.Unmarshal([]byte(evidence), &x.Evidence)
}

// SelfScores lists those of a product, the newest first.
func SelfScores(ctx context.Context, q sqldb.Querier, product string, limit int) ([]SelfScore, error) {
	rows, err := q.Query(ctx, sqlSelfScores, product, limit)
	return collect(rows, err, "self-scores", scanSelfScore)
}

// SelfScoreBefore is the newest that belongs to another round; nil when there
// is none.
func SelfScoreBefore(ctx context.Context, q sqldb.Querier, product, round string) (*SelfScore, error) {
	return one(q.QueryRow(ctx, sqlBeforeRound, product, round), "self-score", scanSelfScore)
}

// InsertSelfScore adds one.
func InsertSelfScore(ctx context.Context, tx *sqldb.Tx, x SelfScore) error {
	body, err := json.Marshal(x.Sheet)
	if err != nil {
		return err
	}
	evidence, err := json.Marshal(x.Evidence)
	if err != nil {
		return err
	}
	return writeSelfScore.one(ctx, tx, "insert self-score", x.Product, int64(x.Number), nullText(x.Round), x.Criteria, int64(x.Set),
		string(body), string(evidence), x.By, sqldb.Micros(x.At), x.Entry)
}
