package store

import (
	"slices"

	"ocopflow/internal/sqldb"
)

// How a column's value stands in the ledger.
type keeping int

const (
	plain   keeping = iota
	private         // by a salted commitment; the value lies in private_values, which may forget it
	body            // by SHA-256; the text lies in blobs
	digest          // by SHA-256 alone: nobody reads it back
	sealed          // not at all: the seal beside it commits to it
)

// Column is one column of a table that holds data of the programme.
type Column struct {
	Name    string
	Kind    sqldb.Kind
	Null    bool
	keeping keeping
}

// Table is one whose rows the ledger tells: what was written to them stands in
// the entry of the act that wrote it.
type Table struct {
	Name    string
	Key     []string
	Columns []Column
	Product string // column that names the product a row belongs to; "" for none

	petition string // column that names the petition it belongs to; "" for none
	Aside    bool   // nothing that is known of products rests on it
}

func text(name string) Column  { return Column{Name: name, Kind: sqldb.Text} }
func whole(name string) Column { return Column{Name: name, Kind: sqldb.Int} }
func flag(name string) Column  { return Column{Name: name, Kind: sqldb.Bool} }
func raw(name string) Column   { return Column{Name: name, Kind: sqldb.Bytes} }

func (c Column) null() Column                 { c.Null = true; return c }
func (c Column) kept(k keeping) Column        { c.keeping = k; return c }
func table(name string, key ...string) *Table { return &Table{Name: name, Key: key} }

func (t *Table) of(product string) *Table { t.Product = product; return t }

func (t *Table) aside() *Table { t.Aside = true; return t }

func (t *Table) ofPetition(column string) *Table { t.petition = column; return t }

func (t *Table) with(columns ...Column) *Table {
	t.Columns = columns
	Tables = append(Tables, t)
	tablesByName[t.Name] = t
	return t
}

// Column finds a column by its name.
func (t *Table) Column(name string) (Column, bool) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return Column{}, false
	}
	return t.Columns[i], true
}

// Told are the columns that the ledger tells, in their order.
func (t *Table) Told() []Column {
	return slices.DeleteFunc(slices.Clone(t.Columns), func(c Column) bool { return c.keeping == sealed })
}

// Private reports whether the ledger holds a commitment only.
func (c Column) Private() bool { return c.keeping == private }

// Erased is what a private column holds once its value was forgotten: nothing,
// in the column's own form.
func (c Column) Erased() string {
	switch c.Name {
	case "participants", "findings", "grounds", "agenda", "lecturers":
		return "[]"
	}
	return ""
}

// Body reports whether the ledger holds the SHA-256 of a text that lies in blobs.
func (c Column) Body() bool { return c.keeping == body }

// Digest reports whether the ledger holds the SHA-256 of a value that nobody
// reads back.
func (c Column) Digest() bool { return c.keeping == digest }

// Tables are all tables that hold data of the programme, in no particular order.
// The ledger's own, answers under idempotency keys and
// those of libraries are not among them.
var Tables []*Table

// tablesByName are the same, to be found at once.
var tablesByName = map[string]*Table{}

// TableNamed finds a table; nil when there is none of that name.
func TableNamed(name string) *Table { return tablesByName[name] }

var (
	tableSettings = table("settings", "name").with(text("name"), text("value"))

	tableUnits = table("units", "id").with(text("id"), text("code"), text("name_vi"), text("name_en"), text("kind"), text("parent").null(), text("path"),
		whole("valid_from").null(), whole("valid_to").null(), text("successor").null(), flag("assumed"), whole("version"))

	tableProducers = table("producers", "id").with(text("id"), text("form"), text("folded"), text("registration"))

	tableAccounts = table("accounts", "id").with(text("id"), text("name"), text("display").kept(private), text("password").kept(digest), flag("disabled"),
		whole("created_at"), whole("version"), flag("must_change"))

	tableGrants = table("grants", "id").with(text("id"), text("account"), text("role"), text("unit"), whole("granted_at"), text("granted_by"))

	tableCredentials = table("credentials", "hash").aside().with(raw("hash"), text("id"), text("account"), text("kind"), text("label").kept(private),
		whole("created_at"), whole("expires_at"), text("scope"))

	tableProcedures = table("procedures", "name", "version").with(text("name"), text("version"), text("hash"), text("body").kept(body), whole("published_at"))

	tableCalendars = table("calendars", "name").with(text("name"), text("hash"), text("body").kept(body), flag("built_in"), whole("known_on"), whole("published_at"))

	tableCampaigns = table("campaigns", "id").with(text("id"), text("code"), whole("year"), text("unit"), text("title_vi"), text("title_en"),
		text("procedure_name"), text("body").kept(body), text("hash"), whole("version"))

	tableProducts = table("products", "id").of("id").with(text("id"), text("code"), text("name"), text("folded"), text("producer"), text("unit"),
		text("commune").null(), text("path"), whole("criteria_set"), text("state"), text("track"), text("level"), text("round").null(), whole("version"),
		text("campaign").null(), whole("stars"), text("certificate").null(), whole("due").null(), flag("rejected"), flag("assumed"), text("proposal"), whole("updated_at"))

	tableRounds = table("rounds", "id").of("product").with(text("id"), text("product"), whole("number"), text("track"), text("procedure_name"),
		text("procedure_version"), text("procedure_hash"), text("campaign").null(), text("level"), whole("opened_at"), text("opened_by"),
		whole("closed_at").null(), text("outcome"), text("data"))

	tableMoves = table("moves", "entry").of("product").with(whole("entry"), text("product"), text("round").null(), text("campaign").null(), text("event"),
		text("actor"), whole("at"))

	tableCertificates = table("certificates", "number").of("product").with(text("number"), text("product"), text("round").null(), whole("stars"), text("level"),
		text("decision"), whole("decided_on").null(), text("decision_file").null(), whole("issued_on"), whole("last_day"), text("superseded_by").null(),
		whole("superseded_on").null(), whole("revoked_on").null(), whole("extended_to").null(), flag("assumed"), whole("entry"))

	tableDocuments = table("documents", "id").of("product").with(text("id"), text("producer"), text("product").null(), text("kind"), text("name").kept(private),
		text("media_type"), whole("size"), text("sha256"), whole("valid_from").null(), whole("valid_to").null(), text("uploaded_by"), whole("uploaded_at"), text("replaces").null())

	tableInspections = table("inspections", "id").of("product").with(text("id"), text("product"), text("round").null(), text("campaign").null(), whole("day"),
		whole("held_on").null(), flag("provincial_council"), text("participants").kept(private), text("findings").kept(private), whole("open_remedies"), whole("version"),
		text("trip").null(), whole("cancelled_on").null(), text("reason").kept(private))

	tableTimers = table("timers", "product", "name").of("product").with(text("product"), text("name"), text("kind"), text("event"), text("deadline"),
		whole("days"), whole("last_day").null(), whole("due_at"), whole("version"))

	tableMarks = table("marks", "product", "deadline", "kind", "days", "last_day").of("product").with(text("product"), text("deadline"), text("kind"),
		whole("days"), whole("last_day"), text("roles"), whole("at"), whole("entry"))

	tableExtensions = table("extensions", "id").of("product").with(text("id"), text("deadline"), text("campaign").null(), text("product").null(), whole("was"),
		whole("last_day"), text("extended_by"), whole("at"), whole("entry"))

	tableCouncils = table("councils", "id").with(text("id"), text("name"), text("unit"), text("level"), text("decision"), whole("decided_on"),
		text("created_by"), whole("created_at"), whole("entry"))

	tableCouncilMembers = table("council_members", "council", "account").with(text("council"), text("account"), text("position"), whole("place"))

	tableSessions = table("sessions", "id").of("product").with(text("id"), text("council"), text("product"), text("round"), text("level"), text("procedure_name"),
		text("procedure_version"), whole("criteria_set"), text("kind"), whole("held_on"), text("place").kept(private), text("status"), whole("turn"),
		text("agreed"), text("result"), text("created_by"), whole("created_at"), whole("version"))

	tableSeats = table("seats", "session", "account").with(text("session"), text("account"), text("position"), whole("place"), whole("declared_at").null(),
		flag("recused"), text("grounds").kept(private))

	tableSheets = table("sheets", "session", "turn", "account").with(text("session"), whole("turn"), text("account"), text("body").kept(sealed),
		text("opinion").kept(sealed), raw("salt").kept(sealed).null(), text("seal"), whole("sealed_at").null(), whole("entry").null(), whole("version"))

	tableSelfScores = table("self_scores", "product", "number").of("product").with(text("product"), whole("number"), text("round").null(), text("criteria"),
		whole("criteria_set"), text("body"), text("evidence"), text("scored_by"), whole("scored_at"), whole("entry"))

	// Not of their product: who has it in view need not know that it is looked into.
	tableReviews = table("reviews", "id").with(text("id"), text("unit"), text("title").kept(private), text("search"), text("product").null(), whole("about").null(),
		text("status"), text("opened_by"), whole("opened_at"), text("closed_by").null(), whole("closed_at").null(), whole("version"))

	tableReviewNotes = table("review_notes", "review", "number").with(text("review"), whole("number"), text("body").kept(private), text("written_by"), whole("written_at"))
)
