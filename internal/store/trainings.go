package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"ocopflow/internal/ocop"
	"ocopflow/internal/sqldb"
)

// Training (lớp tập huấn) is what an office teaches on one or several days.
type Training struct {
	ID        string
	Unit      ocop.Ref
	Path      ocop.Path // of the unit
	Campaign  string    // id; "" without one
	Plan      string    // code of the campaign
	Title     string
	FirstDay  ocop.Date
	LastDay   ocop.Date
	Place     string
	Topics    string
	Organiser string
	Lecturers []string
	Agenda    []Slot // hours
	Capacity  int64  // 0 for no limit
	Status    VisitStatus
	Reason    string
	CreatedBy string
	CreatedAt time.Time
	Version   int64
}

// Trainee is who is invited to a training: a unit or producer, an account, or a
// person by name and telephone number, which are personal.
type Trainee struct {
	Number    int64       `json:"number"`
	Unit      ocop.Ref    `json:"unit,omitzero"`
	Account   string      `json:"account,omitempty"`
	Name      string      `json:"name,omitempty"`
	Phone     string      `json:"phone,omitempty"`
	Days      []ocop.Date `json:"days"` // on which they came
	Withdrawn bool        `json:"withdrawn,omitempty"`

	Path    ocop.Path `json:"-"` // of the unit
	Display string    `json:"account_name,omitempty"`
}

// Material is a file that is handed out at a training; its content is a blob.
type Material struct {
	ID         string    `json:"id"`
	Training   string    `json:"training"`
	Name       string    `json:"name"`
	MediaType  string    `json:"media_type"`
	Size       int64     `json:"size"`
	SHA256     string    `json:"sha256"`
	UploadedBy string    `json:"uploaded_by"`
	UploadedAt time.Time `json:"uploaded_at"`
}

var (
	tableTrainings = table("trainings", "id").with(text("id"), text("unit"), text("campaign").null(), text("title").kept(private), whole("first_day"), whole("last_day"),
		text("place").kept(private), text("topics").kept(private), text("organiser").kept(private), text("lecturers").kept(private), text("agenda").kept(private),
		whole("capacity"), text("status"), text("reason").kept(private), text("created_by"), whole("created_at"), whole("version"))

	tableTrainees = table("trainees", "training", "number").with(text("training"), whole("number"), text("unit").null(), text("account").null(),
		text("name").kept(private), text("phone").kept(private), text("days"), flag("withdrawn"))

	tableMaterials = table("materials", "id").with(text("id"), text("training"), text("name").kept(private), text("media_type"), whole("size"), text("sha256"),
		text("uploaded_by"), whole("uploaded_at"))
)

const trainingColumns = `t.id, u.id, u.code, u.name_vi, u.path, t.campaign, g.code, t.title, t.first_day, t.last_day, t.place, t.topics, t.organiser, t.lecturers, t.agenda,
	t.capacity, t.status, t.reason, t.created_by, t.created_at, t.version`

const trainingFrom = ` FROM trainings t JOIN units u ON u.id = t.unit LEFT JOIN campaigns g ON g.id = t.campaign `

const materialColumns = `m.id, m.training, m.name, m.media_type, m.size, m.sha256, m.uploaded_by, m.uploaded_at`

const (
	sqlTraining     = `SELECT ` + trainingColumns + trainingFrom + `WHERE t.id = $1`
	sqlTrainingHeld = `SELECT min(t.first_day) FROM trainings t WHERE t.campaign = $1 AND t.status = 'held' AND t.first_day <= $2`
	sqlMaterial     = `SELECT ` + materialColumns + ` FROM materials m WHERE m.id = $1`
	sqlTakenPart    = `SELECT t.id, t.first_day, t.title, h.days FROM trainees h JOIN trainings t ON t.id = h.training
		WHERE h.unit = $1 AND t.status = 'held' AND h.days <> '' ORDER BY t.first_day DESC, t.id LIMIT 100`
)

var (
	writeTraining     = inserts(tableTrainings)
	writeTrainingStep = updates(tableTrainings, "title", "first_day", "last_day", "place", "topics", "organiser", "lecturers", "agenda", "capacity", "status", "reason", "version").next()
	writeTrainees     = inserts(tableTrainees)
	writeTrainee      = updates(tableTrainees, "days", "withdrawn")
	writeMaterial     = inserts(tableMaterials)
)

var (
	setTrainees = sqldb.Set{
		SQL: `SELECT h.training, h.number, h.unit, u.code, u.name_vi, u.path, h.account, a.display, h.name, h.phone, h.days, h.withdrawn FROM trainees h
			LEFT JOIN units u ON u.id = h.unit LEFT JOIN accounts a ON a.id = h.account WHERE h.training IN (SELECT c1 FROM {rows}) ORDER BY h.number`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
	setMaterials = sqldb.Set{
		SQL:     `SELECT ` + materialColumns + ` FROM materials m WHERE m.training IN (SELECT c1 FROM {rows}) ORDER BY m.id`,
		Columns: []sqldb.Kind{sqldb.Text},
	}
)

func scanTraining(s scanner) (t Training, err error) {
	var campaign, plan sql.NullString
	var first, last, created int64
	var lecturers, agenda string
	if err = s.Scan(&t.ID, &t.Unit.ID, &t.Unit.Code, &t.Unit.Name, &t.Path, &campaign, &plan, &t.Title, &first, &last, &t.Place, &t.Topics, &t.Organiser,
		&lecturers, &agenda, &t.Capacity, &t.Status, &t.Reason, &t.CreatedBy, &created, &t.Version); err != nil {
		return t, err
	}
	t.Campaign, t.Plan, t.FirstDay, t.LastDay, t.CreatedAt = campaign.String, plan.String, ocop.Date(first), ocop.Date(last), sqldb.Time(created)
	if err = readPrivate(lecturers, &t.Lecturers); err != nil {
		return t, err
	}
	return t, readPrivate(agenda, &t.Agenda)
}

// TrainingByID finds a training; nil when there is none.
func TrainingByID(ctx context.Context, q sqldb.Querier, id string) (*Training, error) {
	return one(q.QueryRow(ctx, sqlTraining, id), "training", scanTraining)
}

func (c Concern) ofTraining(bind func(any) string) string {
	conds := []string{pathsBelow("u.path", c.Units, bind)}
	var who []string
	if len(c.Invited) > 0 {
		who = append(who, inList("h.unit", c.Invited, bind))
	}
	if len(c.Communes) > 0 {
		who = append(who, pathsBelow("w.path", c.Communes, bind))
	}
	if c.Account != "" {
		who = append(who, "h.account = "+bind(c.Account))
	}
	if len(who) > 0 {
		conds = append(conds, "EXISTS (SELECT 1 FROM trainees h LEFT JOIN units w ON w.id = h.unit WHERE h.training = t.id AND NOT h.withdrawn AND "+anyOf(who)+")")
	}
	return anyOf(conds)
}

// Trainings lists those that concern somebody, the newest plan first.
func Trainings(ctx context.Context, q sqldb.Querier, f TripFilter) ([]Training, error) {
	var b binder
	where := f.Concern.ofTraining(b.bind)
	if f.Status != "" {
		where += " AND t.status = " + b.bind(string(f.Status))
	}
	if f.Campaign != "" {
		n := b.bind(f.Campaign)
		where += fmt.Sprintf(" AND t.campaign = COALESCE((SELECT c.id FROM campaigns c WHERE c.code = %s), %s)", n, n)
	}
	if f.Before != "" {
		where += " AND t.id < " + b.bind(f.Before)
	}
	text := `SELECT ` + trainingColumns + trainingFrom + `WHERE ` + where + ` ORDER BY t.id DESC LIMIT ` + b.bind(f.Limit)
	rows, err := q.Query(ctx, text, b.args...)
	return collect(rows, err, "trainings", scanTraining)
}

// TrainingFor finds a training that concerns somebody; nil when there is none.
func TrainingFor(ctx context.Context, q sqldb.Querier, id string, c Concern) (*Training, error) {
	var b binder
	text := `SELECT ` + trainingColumns + trainingFrom + `WHERE ` + c.ofTraining(b.bind) + ` AND t.id = ` + b.bind(id)
	return one(q.QueryRow(ctx, text, b.args...), "training", scanTraining)
}

// TrainingHeld is the first day, until the one given, on which a training of a
// campaign began that was held; nil when none was.
func TrainingHeld(ctx context.Context, q sqldb.Querier, campaign string, until ocop.Date) (*ocop.Date, error) {
	var first sql.NullInt64
	err := q.QueryRow(ctx, sqlTrainingHeld, campaign, int64(until)).Scan(&first)
	return day(first), err
}

// Trainees are those of each training, in their order, withdrawn ones too.
func Trainees(ctx context.Context, q sqldb.Querier, trainings []string) (map[string][]Trainee, error) {
	rows, err := sqldb.QuerySet(ctx, q, setTrainees, ids(trainings))
	return grouped(rows, err, "trainees", func(s scanner) (training string, p Trainee, err error) {
		var unit, code, name, path, account, display sql.NullString
		var days string
		if err = s.Scan(&training, &p.Number, &unit, &code, &name, &path, &account, &display, &p.Name, &p.Phone, &days, &p.Withdrawn); err != nil {
			return training, p, err
		}
		p.Unit, p.Path, p.Account, p.Display = ocop.Ref{ID: unit.String, Code: code.String, Name: name.String}, ocop.Path(path.String), account.String, readable(display.String)
		p.Days = []ocop.Date{}
		return training, p, readPrivate(days, &p.Days)
	})
}

// Attendance is a training in which a unit or producer took part.
type Attendance struct {
	Training string      `json:"training"`
	FirstDay ocop.Date   `json:"first_day"`
	Title    string      `json:"title"`
	Days     []ocop.Date `json:"days"`
}

// TakenPart are the trainings in which a unit or producer took part, the newest first.
func TakenPart(ctx context.Context, q sqldb.Querier, unit string) ([]Attendance, error) {
	rows, err := q.Query(ctx, sqlTakenPart, unit)
	return collect(rows, err, "trainings of a unit", func(s scanner) (a Attendance, err error) {
		var first int64
		var days string
		if err = s.Scan(&a.Training, &first, &a.Title, &days); err != nil {
			return a, err
		}
		a.FirstDay = ocop.Date(first)
		return a, readPrivate(days, &a.Days)
	})
}

// InsertTraining adds a training.
func InsertTraining(ctx context.Context, tx *sqldb.Tx, t Training) error {
	lecturers, agenda, err := t.texts()
	if err != nil {
		return err
	}
	return writeTraining.one(ctx, tx, "insert training", t.ID, t.Unit.ID, nullText(t.Campaign), t.Title, int64(t.FirstDay), int64(t.LastDay), t.Place, t.Topics,
		t.Organiser, lecturers, agenda, t.Capacity, string(t.Status), t.Reason, t.CreatedBy, sqldb.Micros(t.CreatedAt), int64(1))
}

// StepTraining saves a training that is still at the version before this one.
func StepTraining(ctx context.Context, tx *sqldb.Tx, t Training) error {
	lecturers, agenda, err := t.texts()
	if err != nil {
		return err
	}
	return writeTrainingStep.one(ctx, tx, "save training", t.ID, t.Title, int64(t.FirstDay), int64(t.LastDay), t.Place, t.Topics, t.Organiser, lecturers, agenda,
		t.Capacity, string(t.Status), t.Reason, t.Version)
}

func (t Training) texts() (lecturers, agenda string, err error) {
	if t.Lecturers == nil {
		t.Lecturers = []string{}
	}
	b, err := json.Marshal(t.Lecturers)
	if err != nil {
		return "", "", err
	}
	agenda, err = slotsText(t.Agenda)
	return string(b), agenda, err
}

// SaveTrainees adds trainees and changes on which days those came who are there.
func SaveTrainees(ctx context.Context, tx *sqldb.Tx, training string, fresh, changed []Trainee) error {
	var add, change [][]any
	for _, p := range fresh {
		add = append(add, []any{training, p.Number, nullText(p.Unit.ID), nullText(p.Account), p.Name, p.Phone, daysText(p.Days), p.Withdrawn})
	}
	for _, p := range changed {
		change = append(change, []any{training, p.Number, daysText(p.Days), p.Withdrawn})
	}
	if err := writeTrainees.all(ctx, tx, "insert trainees", add); err != nil {
		return err
	}
	return writeTrainee.all(ctx, tx, "save trainees", change)
}

// daysText is "" where nobody came, so that it can be asked for.
func daysText(days []ocop.Date) string {
	if len(days) == 0 {
		return ""
	}
	b, err := json.Marshal(days)
	if err != nil {
		return "" // days always are text
	}
	return string(b)
}

func scanMaterial(s scanner) (m Material, err error) {
	var at int64
	err = s.Scan(&m.ID, &m.Training, &m.Name, &m.MediaType, &m.Size, &m.SHA256, &m.UploadedBy, &at)
	m.UploadedAt = sqldb.Time(at)
	return m, err
}

// Materials are those of each training, the first first.
func Materials(ctx context.Context, q sqldb.Querier, trainings []string) (map[string][]Material, error) {
	rows, err := sqldb.QuerySet(ctx, q, setMaterials, ids(trainings))
	return grouped(rows, err, "materials", func(s scanner) (string, Material, error) {
		m, err := scanMaterial(s)
		return m.Training, m, err
	})
}

// MaterialByID finds a material; nil when there is none.
func MaterialByID(ctx context.Context, q sqldb.Querier, id string) (*Material, error) {
	return one(q.QueryRow(ctx, sqlMaterial, id), "material", scanMaterial)
}

// InsertMaterial adds a material and, unless it is there already, its content.
func InsertMaterial(ctx context.Context, tx *sqldb.Tx, m Material, c Content) error {
	if err := KeepContent(ctx, tx, c); err != nil {
		return err
	}
	return writeMaterial.one(ctx, tx, "insert material", m.ID, m.Training, m.Name, m.MediaType, m.Size, m.SHA256, m.UploadedBy, sqldb.Micros(m.UploadedAt))
}
