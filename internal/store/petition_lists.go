package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// PetitionView is what an actor may see of petitions: those of who asks below
// any of the units, those of the producers, and those that go to any unit below
// the departments.
type PetitionView struct {
	Units       []ocop.Path
	Producers   []string
	Departments []ocop.Path
}

// PetitionFilter narrows a list of petitions. Zero fields do not.
type PetitionFilter struct {
	View      PetitionView
	Procedure string
	State     string
	Unit      string // id or code of who decides
	Asker     string // id or code
	Product   string // id or code
	Campaign  string // id or code
	Party     string // id or code of a unit to which it goes
	Facts     map[string]string
	IDs       []string // only these
	Open      bool     // a round of it is open
	ByDue     bool     // order by deadline, those without one last; else the newest first
	After     string   // what Cursor gave; "" begins
	Limit     int
}

func (f PetitionFilter) condition(bind func(any) string) string {
	in := []string{pathsBelow("COALESCE(p.path, a.path)", f.View.Units, bind)}
	if len(f.View.Producers) > 0 {
		in = append(in, inList("n.asker", f.View.Producers, bind))
	}
	if len(f.View.Departments) > 0 {
		in = append(in, "EXISTS (SELECT 1 FROM petition_parties y JOIN units d ON d.id = y.unit WHERE y.petition = n.id AND "+pathsBelow("d.path", f.View.Departments, bind)+")")
	}
	return anyOf(in)
}

// named is a condition on a column by the id or the code of what it names.
func named(column, table, text string, bind func(any) string) string {
	n := bind(text)
	return fmt.Sprintf("%s = COALESCE((SELECT x.id FROM %s x WHERE x.code = %s), %s)", column, table, n, n)
}

func (f PetitionFilter) where(bind func(any) string) string {
	conds := []string{f.condition(bind)}
	for _, x := range []struct{ column, value string }{{"n.procedure_name", f.Procedure}, {"n.state", f.State}} {
		if x.value != "" {
			conds = append(conds, x.column+" = "+bind(x.value))
		}
	}
	for _, x := range []struct{ column, table, value string }{{"n.unit", "units", f.Unit}, {"n.asker", "units", f.Asker}, {"n.product", "products", f.Product}, {"n.campaign", "campaigns", f.Campaign}} {
		if x.value != "" {
			conds = append(conds, named(x.column, x.table, x.value, bind))
		}
	}
	if f.Party != "" {
		conds = append(conds, "EXISTS (SELECT 1 FROM petition_parties y WHERE y.petition = n.id AND "+named("y.unit", "units", f.Party, bind)+")")
	}
	for _, name := range slices.Sorted(maps.Keys(f.Facts)) {
		b, _ := json.Marshal(f.Facts[name]) // of a text: it cannot fail
		literal := strings.NewReplacer(`!`, `!!`, `%`, `!%`, `_`, `!_`).Replace(`"` + name + `":` + string(b))
		conds = append(conds, "n.facts LIKE "+bind("%"+literal+"%")+" ESCAPE '!'")
	}
	if f.IDs != nil {
		conds = append(conds, inList("n.id", f.IDs, bind))
	}
	if f.Open {
		conds = append(conds, "n.track <> "+bind(string(ocop.NoTrack)))
	}
	switch {
	case f.After == "":
	case f.ByDue:
		due, id, _ := strings.Cut(f.After, "|")
		n := int64(never)
		if d, err := ocop.ParseDate(due); err == nil {
			n = int64(d)
		}
		conds = append(conds, fmt.Sprintf("(COALESCE(n.due, %d), n.id) > (%s, %s)", never, bind(n), bind(id)))
	default:
		conds = append(conds, "n.id < "+bind(f.After))
	}
	return strings.Join(conds, " AND ")
}

// Cursor is the place in the filter's order after a petition.
func (f PetitionFilter) Cursor(n Petition) string {
	switch {
	case !f.ByDue:
		return n.ID
	case n.Due == nil:
		return "|" + n.ID
	}
	return fmt.Sprintf("%s|%s", n.Due, n.ID)
}

// ListPetitions gives one page of what the filter lets through.
func ListPetitions(ctx context.Context, q sqldb.Querier, f PetitionFilter) ([]Petition, error) {
	var b binder
	where, order := f.where(b.bind), "n.id DESC"
	if f.ByDue {
		order = fmt.Sprintf("COALESCE(n.due, %d), n.id", never)
	}
	rows, err := q.Query(ctx, "SELECT "+petitionColumns+petitionFrom+"WHERE "+where+" ORDER BY "+order+" LIMIT "+b.bind(f.Limit), b.args...)
	return collect(rows, err, "list petitions", scanPetition)
}

// petitionsBelow is the condition "of a petition, or of a plan of support, at or
// below one of the places".
func petitionsBelow(places []ocop.Path, bind func(any) string) string {
	return "stream IN (SELECT n.procedure_name || ':' || n.id FROM petitions n JOIN units a ON a.id = n.asker LEFT JOIN products p ON p.id = n.product WHERE " +
		pathsBelow("COALESCE(p.path, a.path)", places, bind) +
		" UNION ALL SELECT 'support_plan:' || k.id FROM support_plans k JOIN units u ON u.id = k.unit WHERE " + pathsBelow("u.path", places, bind) + ")"
}

const (
	sqlPetitionPlace = `SELECT COALESCE(p.path, a.path) FROM petitions n JOIN units a ON a.id = n.asker LEFT JOIN products p ON p.id = n.product WHERE n.procedure_name = $1 AND n.id = $2`
	sqlPlanPlace     = `SELECT u.path FROM support_plans k JOIN units u ON u.id = k.unit WHERE k.id = $1`
)

// PetitionPlace is where the petition or the support plan of a stream belongs; ""
// for any other stream.
func PetitionPlace(ctx context.Context, q sqldb.Querier, stream string) (ocop.Path, error) {
	kind, id, _ := strings.Cut(stream, ":")
	row := q.QueryRow(ctx, sqlPetitionPlace, kind, id)
	if kind == "support_plan" {
		row = q.QueryRow(ctx, sqlPlanPlace, id)
	}
	place, err := one(row, "place of a petition", func(s scanner) (p ocop.Path, err error) { return p, s.Scan(&p) })
	if place == nil {
		return "", err
	}
	return *place, err
}

// PetitionDocument is a file of a petition; its content is a blob.
type PetitionDocument struct {
	ID         string    `json:"id"`
	Petition   string    `json:"petition"`
	Kind       string    `json:"kind"`
	Name       string    `json:"name"`
	MediaType  string    `json:"media_type"`
	Size       int64     `json:"size"`
	SHA256     string    `json:"sha256"`
	UploadedBy string    `json:"uploaded_by"`
	UploadedAt time.Time `json:"uploaded_at"`
}

var tablePetitionDocuments = table("petition_documents", "id").ofPetition("petition").with(text("id"), text("petition"), text("kind"), text("name").kept(private),
	text("media_type"), whole("size"), text("sha256"), text("uploaded_by"), whole("uploaded_at"))

const petitionDocumentColumns = `f.id, f.petition, f.kind, f.name, f.media_type, f.size, f.sha256, f.uploaded_by, f.uploaded_at`

const sqlPetitionDocument = `SELECT ` + petitionDocumentColumns + ` FROM petition_documents f WHERE f.id = $1`

var (
	setPetitionDocuments = sqldb.Set{
		SQL:     `SELECT ` + petitionDocumentColumns + ` FROM petition_documents f WHERE f.petition IN (SELECT c1 FROM {rows}) ORDER BY f.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	writePetitionDocument = inserts(tablePetitionDocuments)
)

func scanPetitionDocument(s scanner) (d PetitionDocument, err error) {
	var at int64
	err = s.Scan(&d.ID, &d.Petition, &d.Kind, &d.Name, &d.MediaType, &d.Size, &d.SHA256, &d.UploadedBy, &at)
	d.UploadedAt = sqldb.Time(at)
	return d, err
}

// PetitionDocuments are the files of each petition, oldest first.
func PetitionDocuments(ctx context.Context, q sqldb.Querier, petitions []string) (map[string][]PetitionDocument, error) {
	rows, err := sqldb.QuerySet(ctx, q, setPetitionDocuments, ids(petitions))
	return grouped(rows, err, "documents of petitions", func(s scanner) (string, PetitionDocument, error) {
		d, err := scanPetitionDocument(s)
		return d.Petition, d, err
	})
}

// PetitionDocumentByID finds a file; nil when there is none.
func PetitionDocumentByID(ctx context.Context, q sqldb.Querier, id string) (*PetitionDocument, error) {
	return one(q.QueryRow(ctx, sqlPetitionDocument, id), "document of a petition", scanPetitionDocument)
}

// InsertPetitionDocument adds a file, and its content where that is not there yet.
func InsertPetitionDocument(ctx context.Context, tx *sqldb.Tx, d PetitionDocument, c Content) error {
	if err := KeepContent(ctx, tx, c); err != nil {
		return err
	}
	return writePetitionDocument.one(ctx, tx, "insert document of a petition", d.ID, d.Petition, d.Kind, d.Name, d.MediaType, d.Size, d.SHA256, d.UploadedBy, sqldb.Micros(d.UploadedAt))
}
