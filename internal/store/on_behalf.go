package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ocopflow/internal/access"
	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// What a producer said to an act in its place.
const (
	BehalfWaiting   = "waiting"
	BehalfConfirmed = "confirmed"
	BehalfObjected  = "objected"
)

// OnBehalf is an act that an office or a commune did in place of a producer, from
// the producer's paper.
type OnBehalf struct {
	Entry       int64      `json:"entry"` // of the act
	Product     string     `json:"product" doc:"empty for what is about the producer or a petition"`
	ProductName string     `json:"product_name"`
	Petition    string     `json:"petition,omitempty"`
	Procedure   string     `json:"procedure,omitempty" doc:"of the petition"`
	Code        string     `json:"code,omitempty" doc:"of the petition"`
	Producer    string     `json:"producer"`
	Owner       string     `json:"producer_name"`
	Scan        string     `json:"scan"` // document
	Event       ocop.Event `json:"event"`
	Actor       string     `json:"actor"`
	ActorName   string     `json:"actor_name"`
	At          time.Time  `json:"at"`
	State       string     `json:"state" enum:"waiting,confirmed,objected"`
	AnsweredBy  string     `json:"answered_by,omitempty"`
	AnsweredAt  *time.Time `json:"answered_at"`
	Version     int64      `json:"version"`

	Path ocop.Path `json:"-"` // of the product, else of the producer
}

var tableOnBehalf = table("on_behalf", "entry").of("product").ofPetition("petition").with(whole("entry"), text("product").null(), text("producer"), text("scan"), text("event"), text("actor"), whole("at"),
	text("state"), text("answered_by").null(), whole("answered_at").null(), whole("version"), text("petition").null())

const (
	onBehalfColumns = `b.entry, b.product, p.name, b.petition, n.procedure_name, n.code, b.producer, u.name_vi, b.scan, b.event, b.actor, a.name, b.at, b.state, b.answered_by,
		b.answered_at, b.version, COALESCE(p.path, u.path)`
	onBehalfFrom = ` FROM on_behalf b JOIN units u ON u.id = b.producer JOIN accounts a ON a.id = b.actor LEFT JOIN products p ON p.id = b.product LEFT JOIN petitions n ON n.id = b.petition `

	sqlOnBehalfByEntry   = `SELECT ` + onBehalfColumns + onBehalfFrom + `WHERE b.entry = $1`
	sqlOnBehalfOfProduct = `SELECT ` + onBehalfColumns + onBehalfFrom + `WHERE b.product = $1 ORDER BY b.entry DESC LIMIT 200`

	sqlOnBehalfOfPetition = `SELECT ` + onBehalfColumns + onBehalfFrom + `WHERE b.petition = $1 ORDER BY b.entry DESC LIMIT 200`
)

var (
	writeOnBehalf       = inserts(tableOnBehalf)
	writeOnBehalfAnswer = updates(tableOnBehalf, "state", "answered_by", "answered_at", "version").next()
)

func scanOnBehalf(s scanner) (b OnBehalf, err error) {
	var by, product, name, petition, procedure, code sql.NullString
	var at int64
	var answered sql.NullInt64
	err = s.Scan(&b.Entry, &product, &name, &petition, &procedure, &code, &b.Producer, &b.Owner, &b.Scan, &b.Event, &b.Actor, &b.ActorName, &at, &b.State, &by, &answered, &b.Version, &b.Path)
	b.At, b.AnsweredBy = sqldb.Time(at), by.String
	b.Product, b.ProductName, b.Petition, b.Procedure, b.Code = product.String, name.String, petition.String, procedure.String, code.String
	if answered.Valid {
		t := sqldb.Time(answered.Int64)
		b.AnsweredAt = &t
	}
	return b, err
}

// InsertOnBehalf keeps acts in place of producers that entries tell.
func InsertOnBehalf(ctx context.Context, tx *sqldb.Tx, list []OnBehalf) error {
	var rows [][]any
	for _, b := range list {
		rows = append(rows, []any{b.Entry, nullText(b.Product), b.Producer, b.Scan, string(b.Event), b.Actor, sqldb.Micros(b.At), b.State, nil, nil, b.Version, nullText(b.Petition)})
	}
	return writeOnBehalf.all(ctx, tx, "insert acts on behalf", rows)
}

// AnswerOnBehalf saves what a producer said to an act that is still at the version
// before.
func AnswerOnBehalf(ctx context.Context, tx *sqldb.Tx, b OnBehalf) error {
	return writeOnBehalfAnswer.one(ctx, tx, "answer an act on behalf", b.Entry, b.State, b.AnsweredBy, sqldb.Micros(*b.AnsweredAt), b.Version)
}

// OnBehalfByEntry finds an act by its entry; nil when there is none.
func OnBehalfByEntry(ctx context.Context, q sqldb.Querier, entry int64) (*OnBehalf, error) {
	return one(q.QueryRow(ctx, sqlOnBehalfByEntry, entry), "act on behalf", scanOnBehalf)
}

// OnBehalfOfProduct are those of a product, newest first.
func OnBehalfOfProduct(ctx context.Context, q sqldb.Querier, product string) ([]OnBehalf, error) {
	rows, err := q.Query(ctx, sqlOnBehalfOfProduct, product)
	return collect(rows, err, "acts on behalf", scanOnBehalf)
}

// OnBehalfOfPetition are those of a petition, newest first.
func OnBehalfOfPetition(ctx context.Context, q sqldb.Querier, petition string) ([]OnBehalf, error) {
	rows, err := q.Query(ctx, sqlOnBehalfOfPetition, petition)
	return collect(rows, err, "acts on behalf", scanOnBehalf)
}

// OnBehalfIn are those in a view that stand in a state ("" for any), newest first.
func OnBehalfIn(ctx context.Context, q sqldb.Querier, v access.View, state string, limit int) ([]OnBehalf, error) {
	var b binder
	conds := []string{pathsBelow("COALESCE(p.path, u.path)", v.Units, b.bind)}
	for _, id := range v.Producers {
		conds = append(conds, "b.producer = "+b.bind(id))
	}
	where := anyOf(conds)
	if state != "" {
		where = "(" + where + ") AND b.state = " + b.bind(state)
	}
	rows, err := q.Query(ctx, fmt.Sprintf("SELECT %s%sWHERE %s ORDER BY b.entry DESC LIMIT %s", onBehalfColumns, onBehalfFrom, where, b.bind(limit)), b.args...)
	return collect(rows, err, "acts on behalf", scanOnBehalf)
}
