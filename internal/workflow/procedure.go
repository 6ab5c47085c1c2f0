// Package workflow is the law as data: procedures are parsed from YAML, proved
// by a checker, compiled to looplab/fsm machines with CEL guards, and asked.
// Decide is pure: it says which move stands, or all the reasons why it does
// not. Gathering facts and carrying moves out is package casework's; a clock
// and a database are nowhere here.
package workflow

import (
	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
)

// Procedure (quy trình) is one version of one legal regime, as its file says.
// A key that is not listed here is an error in the file.
type Procedure struct {
	Name        string                `yaml:"procedure" json:"procedure"`
	Version     string                `yaml:"version" json:"version"`
	Title       ocop.Text             `yaml:"title" json:"title"`
	Legal       Legal                 `yaml:"legal" json:"legal"`
	Verified    *bool                 `yaml:"verified,omitempty" json:"verified,omitempty"` // false: nothing of the whole file was seen in a source
	Note        ocop.Text             `yaml:"note,omitempty" json:"note,omitzero"`          // why it is not verified
	Calendar    string                `yaml:"calendar,omitempty" json:"calendar,omitempty"` // of working days
	Criteria    string                `yaml:"criteria,omitempty" json:"criteria,omitempty"` // version of the score sheets
	Switches    map[string]bool       `yaml:"switches,omitempty" json:"switches,omitempty"` // readings of the law that an office may turn on or off
	Levels      []LevelRule           `yaml:"levels,omitempty" json:"levels,omitempty"`     // of councils, the lowest first
	Bands       []Band                `yaml:"bands,omitempty" json:"bands,omitempty"`       // stars by the mean, the highest first
	Batches     []BatchRule           `yaml:"batches,omitempty" json:"batches,omitempty"`   // yearly rounds of council work
	Certificate *CertificateRule      `yaml:"certificate,omitempty" json:"certificate,omitempty"`
	Council     *CouncilRule          `yaml:"council,omitempty" json:"council,omitempty"`
	Documents   Ordered[DocumentRule] `yaml:"documents,omitempty" json:"documents"` // kinds that are asked for
	Roles       Ordered[RoleRule]     `yaml:"roles" json:"roles"`
	Alone       []ocop.Role           `yaml:"alone,omitempty" json:"alone,omitempty"`   // roles that may walk from entry to goal alone
	Goal        ocop.State            `yaml:"goal,omitempty" json:"goal,omitempty"`     // what rounds work towards; "certified" unless said
	Extend      []ocop.Role           `yaml:"extend,omitempty" json:"extend,omitempty"` // who may extend a campaign's deadline
	Chase       calendar.Chase        `yaml:"chase,omitempty" json:"chase,omitzero"`    // how deadlines are run after, unless they say otherwise
	Deadlines   Ordered[DeadlineRule] `yaml:"deadlines,omitempty" json:"deadlines"`     // limits that the procedure itself sets
	Tracks      Ordered[TrackRule]    `yaml:"tracks" json:"tracks"`
	States      Ordered[StateRule]    `yaml:"states" json:"states"`
	Transitions Ordered[Transition]   `yaml:"transitions" json:"transitions"`
}

// Legal is the act a procedure rests on. Until is the day by which running
// rounds of it must have ended.
type Legal struct {
	Act       string     `yaml:"act" json:"act"`
	Date      *ocop.Date `yaml:"date,omitempty" json:"date,omitempty"`
	Effective ocop.Date  `yaml:"effective" json:"effective"`
	Until     *ocop.Date `yaml:"until,omitempty" json:"until,omitempty"`
}

// LevelRule is a level of councils, the lowest first.
type LevelRule struct {
	Level        ocop.Level `yaml:"level" json:"level"`
	Recognises   []int      `yaml:"recognises" json:"recognises"`
	ForwardsFrom int        `yaml:"forwards_from,omitempty" json:"forwards_from,omitempty"` // points of the mean
}

// Band gives stars to means from its lower bound up to the next band.
type Band struct {
	Stars int `yaml:"stars" json:"stars"`
	From  int `yaml:"from" json:"from"`
}

// CertificateRule is the term of a certificate and the stars it takes.
type CertificateRule struct {
	Months         int    `yaml:"months" json:"months"`
	LastDay        string `yaml:"last_day" json:"last_day"`                           // inclusive or exclusive
	RecognisedFrom int    `yaml:"recognised_from" json:"recognised_from"`             // stars
	ExtendDays     int    `yaml:"extend_days,omitempty" json:"extend_days,omitempty"` // at most, past the last day, while a renewal filed late runs
	Provenance     `yaml:",inline"`
}

// CouncilRule is how a council's sheets become a result.
type CouncilRule struct {
	Quorum          string       `yaml:"quorum" json:"quorum"` // a fraction, such as 3/4
	ChairRequired   bool         `yaml:"chair_required" json:"chair_required"`
	MaxSpread       int          `yaml:"max_spread" json:"max_spread"` // points; more sends the session back
	SecretaryScores bool         `yaml:"secretary_scores" json:"secretary_scores"`
	Floors          string       `yaml:"floors" json:"floors"`                       // mean, all or majority
	Written         []ocop.Track `yaml:"written,omitempty" json:"written,omitempty"` // tracks scored by written opinions
	Provenance      `yaml:",inline"`
}

// Provenance says where a rule was seen. A rule that is not verified is shown
// as such wherever it is used.
type Provenance struct {
	Legal    string    `yaml:"legal,omitempty" json:"legal,omitempty"`
	Verified *bool     `yaml:"verified,omitempty" json:"verified,omitempty"`
	Note     ocop.Text `yaml:"note,omitempty" json:"note,omitzero"`
}

// DocumentRule is a kind of document that the procedure asks for.
type DocumentRule struct {
	Title      ocop.Text   `yaml:"title" json:"title"`
	By         []ocop.Role `yaml:"by,omitempty" json:"by,omitempty"` // who can bring it
	Provenance `yaml:",inline"`
}

// Scope names the unit in which a role must be held, there or above.
type Scope string

// The scopes.
const (
	ScopeCommune  Scope = "product.commune"
	ScopeProducer Scope = "product.producer"
	ScopeRound    Scope = "round.unit"         // the unit of the round's level; without a round, of the first level
	ScopeResult   Scope = "result.unit"        // the unit that recognises the final stars
	ScopeSupport  Scope = "support.department" // the department that a support request was sent to
)

// RoleRule is who acts in a procedure.
type RoleRule struct {
	Title ocop.Text `yaml:"title" json:"title"`
	Scope Scope     `yaml:"scope,omitempty" json:"scope,omitempty"`
}

// TrackRule is a kind of round and the state in which it starts.
type TrackRule struct {
	Title ocop.Text  `yaml:"title,omitempty" json:"title,omitzero"`
	Entry ocop.State `yaml:"entry" json:"entry"`
	Until *ocop.Date `yaml:"until,omitempty" json:"until,omitempty"` // when its running rounds must have ended, if before legal.until
}

// StateRule is a state of a product.
type StateRule struct {
	Title   ocop.Text `yaml:"title" json:"title"`
	Resting bool      `yaml:"resting,omitempty" json:"resting,omitempty"` // may stay here for ever, outside any round
	Final   bool      `yaml:"final,omitempty" json:"final,omitempty"`     // no way out
	Timers  []Timer   `yaml:"timers,omitempty" json:"timers,omitempty"`
}

// Timer fires an event at a moment that the facts give.
type Timer struct {
	At    string     `yaml:"at" json:"at"` // certificate.ends: the first moment after its last day
	Event ocop.Event `yaml:"event" json:"event"`
}

// Transition is one act with one meaning; its arms say where it leads.
type Transition struct {
	Title      ocop.Text `yaml:"title" json:"title"`
	Reason     string    `yaml:"reason,omitempty" json:"reason,omitempty"` // "required": the comment must be given
	Aside      bool      `yaml:"aside,omitempty" json:"aside,omitempty"`   // offered, but nobody's task: not the way forward
	Quiet      bool      `yaml:"quiet,omitempty" json:"quiet,omitempty"`   // a task only once it is possible: what it lacks is nobody's task
	Requires   `yaml:",inline"`
	Do         []Effect `yaml:"do,omitempty" json:"do,omitempty"`
	Provenance `yaml:",inline"`
	Arms       []Arm `yaml:"arms" json:"arms"`
}

// Requires is what a move asks for. An arm's adds to its event's.
type Requires struct {
	Needs     []string     `yaml:"needs,omitempty" json:"needs,omitempty"`
	Form      []Field      `yaml:"form,omitempty" json:"form,omitempty"`
	When      []Guard      `yaml:"when,omitempty" json:"when,omitempty"`
	Window    Windows      `yaml:"window,omitempty" json:"window,omitempty"` // one span of days, or a list of which one must be open
	ApartFrom []ocop.Event `yaml:"apart_from,omitempty" json:"apart_from,omitempty"`
}

// Arm leads from states of tracks to a state.
type Arm struct {
	Tracks   []ocop.Track `yaml:"tracks" json:"tracks"`
	From     []ocop.State `yaml:"from" json:"from"`
	To       ocop.State   `yaml:"to,omitempty" json:"to,omitempty"`
	Stay     bool         `yaml:"stay,omitempty" json:"stay,omitempty"`
	By       []ocop.Role  `yaml:"by" json:"by"`
	Scope    Scope        `yaml:"scope,omitempty" json:"scope,omitempty"` // in place of the roles' own
	Opens    ocop.Track   `yaml:"opens,omitempty" json:"opens,omitempty"`
	Closes   bool         `yaml:"closes,omitempty" json:"closes,omitempty"`
	Requires `yaml:",inline"`
	Do       []Effect `yaml:"do,omitempty" json:"do,omitempty"`
}

// Guard must hold, or its reason is given.
type Guard struct {
	Code     string      `yaml:"code" json:"code"`
	Guard    string      `yaml:"guard" json:"guard"`                           // CEL, bool
	Actual   string      `yaml:"actual,omitempty" json:"actual,omitempty"`     // CEL
	Required string      `yaml:"required,omitempty" json:"required,omitempty"` // CEL
	Else     ocop.Text   `yaml:"else" json:"else"`
	CureBy   []ocop.Role `yaml:"cure_by,omitempty" json:"cure_by,omitempty"`
	Legal    string      `yaml:"legal,omitempty" json:"legal,omitempty"`
	Verified bool        `yaml:"verified,omitempty" json:"verified"`
	Note     ocop.Text   `yaml:"note,omitempty" json:"note,omitzero"`
}

// FieldType is what a form field holds.
type FieldType string

// Types of form fields. A text is free text: the ledger keeps a commitment in
// its place, and no guard can read it.
const (
	FieldText     FieldType = "text"
	FieldTexts    FieldType = "texts"
	FieldChoice   FieldType = "choice"
	FieldCode     FieldType = "code" // a number or short code that is public, such as a decision's
	FieldCodes    FieldType = "codes"
	FieldInt      FieldType = "int"
	FieldInts     FieldType = "ints"
	FieldBool     FieldType = "bool"
	FieldDay      FieldType = "day"
	FieldAccount  FieldType = "account"
	FieldDocument FieldType = "document"
)

// Field is one entry of a move's form.
type Field struct {
	Name     string    `yaml:"name" json:"name"`
	Type     FieldType `yaml:"type" json:"type"`
	Required bool      `yaml:"required,omitempty" json:"required"`
	Title    ocop.Text `yaml:"title" json:"title"`
	Options  []Option  `yaml:"options,omitempty" json:"options,omitempty"` // of a choice
	Min      *int64    `yaml:"min,omitempty" json:"min,omitempty"`
	Max      *int64    `yaml:"max,omitempty" json:"max,omitempty"`
}

// Option of a choice.
type Option struct {
	Value string    `yaml:"value" json:"value"`
	Title ocop.Text `yaml:"title" json:"title"`
}

// Effect is a named consequence of a move, carried out by package casework.
type Effect string

// The effects.
const (
	OpenRound         Effect = "open_round"         // said for clarity; an arm's opens does it
	ImportCertificate Effect = "import_certificate" // a certificate given before this program
	IssueCertificate  Effect = "issue_certificate"  // and supersede the older one
	RetireCertificate Effect = "retire_certificate" // revoked
	AssignOfficer     Effect = "assign_officer"
	AcceptIdea        Effect = "accept_idea"
	PlanInspection    Effect = "plan_inspection"
	RecordResult      Effect = "record_result"
	NextLevel         Effect = "next_level"
	FirstLevel        Effect = "first_level"
	FileDossier       Effect = "file_dossier"
	Propose           Effect = "propose_revocation"
	SettleProposal    Effect = "settle_proposal"
	MarkRejected      Effect = "mark_rejected"
	RecordAssessment  Effect = "record_assessment" // the commune's verdicts on the four topics
)

var effects = map[Effect]bool{
	OpenRound: true, ImportCertificate: true, IssueCertificate: true, RetireCertificate: true,
	AssignOfficer: true, AcceptIdea: true, PlanInspection: true, RecordResult: true, NextLevel: true,
	FirstLevel: true, FileDossier: true, Propose: true, SettleProposal: true, MarkRejected: true,
	RecordAssessment: true,
}
