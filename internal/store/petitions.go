package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Petition is what somebody asks of an authority. It runs on one version of a
// procedure of petitions.
type Petition struct {
	ID        string
	Procedure string
	Edition   string // version of the procedure
	Hash      string
	Code      string // within its unit
	Year      int64
	Number    int64     // of the procedure's petitions to the unit in that year
	Unit      ocop.Ref  // that decides
	UnitPath  ocop.Path // of it
	Asker     ocop.Ref  // a producer or a commune
	AskerPath ocop.Path
	AskerKind ocop.UnitKind
	Place     ocop.Path // of the product, else of who asks
	Product   *ocop.Ref // that it is about; nil for none
	Campaign  string    // id; "" without one
	Plan      string    // code of the campaign
	State     ocop.State
	Track     ocop.Track
	Turn      int64 // how often it was opened
	Due       *ocop.Date
	Facts     map[string]any // gathered from forms, by field: bool, int64, string, []int64, []string
	Version   int64
	OpenedBy  string
	OpenedAt  time.Time
	UpdatedAt time.Time
}

// PetitionAct is one move of a petition.
type PetitionAct struct {
	Entry    int64
	Petition string
	Turn     int64
	Event    ocop.Event
	Actor    string
	At       time.Time
}

// Party is a unit to which a petition goes, by the field that names it; "" when
// it does no longer.
type Party struct {
	Petition string
	Field    string
	Unit     string
}

// PetitionOutcome is a move of a petition that the product it is about was told
// of.
type PetitionOutcome struct {
	Entry       int64
	Petition    string
	Product     string
	Certificate string // that the product had then; "" for none
	Event       ocop.Event
	State       ocop.State
	At          time.Time

	Code, Procedure, Edition string // of the petition, when read
}

var (
	tablePetitions = table("petitions", "id").ofPetition("id").with(text("id"), text("procedure_name"), text("procedure_version"), text("procedure_hash"), text("code"), whole("year"),
		whole("number"), text("unit"), text("asker"), text("product").null(), text("campaign").null(), text("state"), text("track"), whole("turn"), whole("due").null(),
		text("facts"), whole("version"), text("opened_by"), whole("opened_at"), whole("updated_at"))

	tablePetitionMoves = table("petition_moves", "entry").ofPetition("petition").with(whole("entry"), text("petition"), whole("turn"), text("event"), text("actor"), whole("at"))

	tablePetitionOutcomes = table("petition_outcomes", "entry").ofPetition("petition").with(whole("entry"), text("petition"), text("product"), text("certificate").null(), text("event"), text("state"), whole("at"))

	tablePetitionParties = table("petition_parties", "petition", "field").ofPetition("petition").with(text("petition"), text("field"), text("unit").null())
)

const petitionColumns = `n.id, n.procedure_name, n.procedure_version, n.procedure_hash, n.code, n.year, n.number, u.id, u.code, u.name_vi, u.path, a.id, a.code, a.name_vi, a.path, a.kind, COALESCE(p.path, a.path),
	p.id, p.code, p.name, n.campaign, g.code, n.state, n.track, n.turn, n.due, n.facts, n.version, n.opened_by, n.opened_at, n.updated_at`

const petitionFrom = ` FROM petitions n JOIN units u ON u.id = n.unit JOIN units a ON a.id = n.asker LEFT JOIN products p ON p.id = n.product LEFT JOIN campaigns g ON g.id = n.campaign `

const (
	sqlPetitionNumber   = `SELECT COALESCE(max(number), 0) FROM petitions WHERE unit = $1 AND procedure_name = $2 AND year = $3`
	sqlPetitionOutcomes = `SELECT o.entry, o.petition, o.product, o.certificate, o.event, o.state, o.at, n.code, n.procedure_name, n.procedure_version
		FROM petition_outcomes o JOIN petitions n ON n.id = o.petition WHERE o.product = $1 AND ($2 = '' OR o.certificate = $2) ORDER BY o.entry DESC LIMIT 200`
	sqlPetitionByCode = `SELECT ` + petitionColumns + petitionFrom + `WHERE n.unit = $1 AND n.code = $2`
)

var (
	setPetitions = sqldb.Set{
		SQL:     `SELECT ` + petitionColumns + petitionFrom + `WHERE n.id IN (SELECT c1 FROM {rows})`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	// Moves since the petition was last opened, for "same person?" and "done?".
	setPetitionActs = sqldb.Set{
		SQL: `SELECT m.petition, m.entry, m.turn, m.event, m.actor, m.at FROM petition_moves m JOIN petitions n ON n.id = m.petition
			WHERE n.id IN (SELECT c1 FROM {rows}) AND m.turn = n.turn ORDER BY m.entry`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setPetitionTexts = sqldb.Set{
		SQL: `SELECT e.stream, v.field, v.value FROM private_values v JOIN entries e ON e.idx = v.entry
			WHERE e.stream IN (SELECT c1 FROM {rows}) ORDER BY e.idx`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writePetitions        = inserts(tablePetitions)
	writePetitionSteps    = updates(tablePetitions, "state", "track", "turn", "due", "facts", "version", "updated_at").next()
	writePetitionMoves    = inserts(tablePetitionMoves)
	writePetitionOutcomes = inserts(tablePetitionOutcomes)
	writePetitionParties  = upserts(tablePetitionParties)
)

func scanPetition(s scanner) (n Petition, err error) {
	var product, code, name, campaign, plan sql.NullString
	var due sql.NullInt64
	var opened, updated int64
	var facts string
	if err = s.Scan(&n.ID, &n.Procedure, &n.Edition, &n.Hash, &n.Code, &n.Year, &n.Number, &n.Unit.ID, &n.Unit.Code, &n.Unit.Name, &n.UnitPath,
		&n.Asker.ID, &n.Asker.Code, &n.Asker.Name, &n.AskerPath, &n.AskerKind, &n.Place, &product, &code, &name, &campaign, &plan, &n.State, &n.Track, &n.Turn, &due, &facts,
		&n.Version, &n.OpenedBy, &opened, &updated); err != nil {
		return n, err
	}
	if product.Valid {
		n.Product = &ocop.Ref{ID: product.String, Code: code.String, Name: name.String}
	}
	n.Campaign, n.Plan, n.Due, n.OpenedAt, n.UpdatedAt = campaign.String, plan.String, day(due), sqldb.Time(opened), sqldb.Time(updated)
	n.Facts, err = readFacts(facts)
	return n, err
}

// readFacts reads gathered facts with whole numbers as such.
func readFacts(text string) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	facts := map[string]any{}
	if err := d.Decode(&facts); err != nil {
		return nil, err
	}
	for name, v := range facts {
		switch v := v.(type) {
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return nil, err
			}
			facts[name] = n
		case []any:
			facts[name] = listOf(v)
		}
	}
	return facts, nil
}

func listOf(list []any) any {
	numbers, texts := []int64{}, []string{}
	for _, v := range list {
		switch v := v.(type) {
		case json.Number:
			n, _ := v.Int64()
			numbers = append(numbers, n)
		case string:
			texts = append(texts, v)
		}
	}
	if len(numbers) > 0 {
		return numbers
	}
	return texts
}

// Petitions finds many by their ids; unknown ids are not in the answer.
func Petitions(ctx context.Context, q sqldb.Querier, list []string) (map[string]*Petition, error) {
	rows, err := sqldb.QuerySet(ctx, q, setPetitions, ids(list))
	out := make(map[string]*Petition, len(list))
	_, err = collect(rows, err, "petitions", func(s scanner) (struct{}, error) {
		n, err := scanPetition(s)
		out[n.ID] = &n
		return struct{}{}, err
	})
	return out, err
}

// PetitionNumber is the highest number that a procedure's petitions to a unit
// have in a year.
func PetitionNumber(ctx context.Context, q sqldb.Querier, unit, procedure string, year int64) (n int64, err error) {
	return n, q.QueryRow(ctx, sqlPetitionNumber, unit, procedure, year).Scan(&n)
}

// PetitionActs are the moves of each petition since it was last opened, oldest
// first.
func PetitionActs(ctx context.Context, q sqldb.Querier, petitions []string) (map[string][]PetitionAct, error) {
	rows, err := sqldb.QuerySet(ctx, q, setPetitionActs, ids(petitions))
	return grouped(rows, err, "moves of petitions", func(s scanner) (of string, a PetitionAct, err error) {
		var at int64
		err = s.Scan(&a.Petition, &a.Entry, &a.Turn, &a.Event, &a.Actor, &at)
		a.At = sqldb.Time(at)
		return a.Petition, a, err
	})
}

// PetitionTexts are the free texts that were last given to each field, by stream.
func PetitionTexts(ctx context.Context, q sqldb.Querier, streams []string) (map[string]map[string]string, error) {
	rows, err := sqldb.QuerySet(ctx, q, setPetitionTexts, ids(streams))
	out := map[string]map[string]string{}
	_, err = collect(rows, err, "texts of petitions", func(s scanner) (struct{}, error) {
		var stream, field, value string
		err := s.Scan(&stream, &field, &value)
		if out[stream] == nil {
			out[stream] = map[string]string{}
		}
		out[stream][field] = value
		return struct{}{}, err
	})
	return out, err
}

// InsertPetitions adds new petitions.
func InsertPetitions(ctx context.Context, tx *sqldb.Tx, list []*Petition) error {
	var rows [][]any
	for _, n := range list {
		facts, err := json.Marshal(n.Facts)
		if err != nil {
			return err
		}
		product := ""
		if n.Product != nil {
			product = n.Product.ID
		}
		rows = append(rows, []any{n.ID, n.Procedure, n.Edition, n.Hash, n.Code, n.Year, n.Number, n.Unit.ID, n.Asker.ID, nullText(product), nullText(n.Campaign),
			string(n.State), string(n.Track), n.Turn, nullDay(n.Due), string(facts), n.Version, n.OpenedBy, sqldb.Micros(n.OpenedAt), sqldb.Micros(n.UpdatedAt)})
	}
	return writePetitions.all(ctx, tx, "insert petitions", rows)
}

// StepPetitions saves petitions that are still at the version before this one.
func StepPetitions(ctx context.Context, tx *sqldb.Tx, list []*Petition) error {
	var rows [][]any
	for _, n := range list {
		facts, err := json.Marshal(n.Facts)
		if err != nil {
			return err
		}
		rows = append(rows, []any{n.ID, string(n.State), string(n.Track), n.Turn, nullDay(n.Due), string(facts), n.Version, sqldb.Micros(n.UpdatedAt)})
	}
	return writePetitionSteps.all(ctx, tx, "move petitions", rows)
}

// InsertPetitionActs keeps moves that stood.
func InsertPetitionActs(ctx context.Context, tx *sqldb.Tx, acts []PetitionAct) error {
	var rows [][]any
	for _, a := range acts {
		rows = append(rows, []any{a.Entry, a.Petition, a.Turn, string(a.Event), a.Actor, sqldb.Micros(a.At)})
	}
	return writePetitionMoves.all(ctx, tx, "insert moves of petitions", rows)
}

// SaveParties says to which units petitions go now.
func SaveParties(ctx context.Context, tx *sqldb.Tx, list []Party) error {
	var rows [][]any
	for _, p := range list {
		rows = append(rows, []any{p.Petition, p.Field, nullText(p.Unit)})
	}
	return writePetitionParties.all(ctx, tx, "save parties", rows)
}

// InsertPetitionOutcomes keeps what products were told.
func InsertPetitionOutcomes(ctx context.Context, tx *sqldb.Tx, list []PetitionOutcome) error {
	var rows [][]any
	for _, o := range list {
		rows = append(rows, []any{o.Entry, o.Petition, o.Product, nullText(o.Certificate), string(o.Event), string(o.State), sqldb.Micros(o.At)})
	}
	return writePetitionOutcomes.all(ctx, tx, "insert outcomes of petitions", rows)
}

// PetitionOutcomes are those of a product, or of one certificate of it, newest
// first.
func PetitionOutcomes(ctx context.Context, q sqldb.Querier, product, certificate string) ([]PetitionOutcome, error) {
	rows, err := q.Query(ctx, sqlPetitionOutcomes, product, certificate)
	return collect(rows, err, "outcomes of petitions", func(s scanner) (o PetitionOutcome, err error) {
		var number sql.NullString
		var at int64
		err = s.Scan(&o.Entry, &o.Petition, &o.Product, &number, &o.Event, &o.State, &at, &o.Code, &o.Procedure, &o.Edition)
		o.Certificate, o.At = number.String, sqldb.Time(at)
		return o, err
	})
}
