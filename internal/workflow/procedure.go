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
	Name        string                `yaml:"procedure" json:"procedure"`                         // name, such as ocop
	Version     string                `yaml:"version" json:"version"`                             // one text of it; immutable once a product has used it
	Title       ocop.Text             `yaml:"title" json:"title"`                                 // what people read
	Legal       Legal                 `yaml:"legal" json:"legal"`                                 // the act it rests on
	Verified    *bool                 `yaml:"verified,omitempty" json:"verified,omitempty"`       // false: nothing of the whole file was seen in a source
	Note        ocop.Text             `yaml:"note,omitempty" json:"note,omitzero"`                // why it is not verified
	Petition    *PetitionRule         `yaml:"petition,omitempty" json:"petition,omitempty"`       // what runs on it is asked of an authority, and is no product
	Calendar    string                `yaml:"calendar,omitempty" json:"calendar,omitempty"`       // of working days
	Criteria    string                `yaml:"criteria,omitempty" json:"criteria,omitempty"`       // version of the score sheets
	Switches    map[string]bool       `yaml:"switches,omitempty" json:"switches,omitempty"`       // readings of the law that an office may turn on or off
	Levels      []LevelRule           `yaml:"levels,omitempty" json:"levels,omitempty"`           // of councils, the lowest first
	Bands       []Band                `yaml:"bands,omitempty" json:"bands,omitempty"`             // stars by the mean, the highest first
	Batches     []BatchRule           `yaml:"batches,omitempty" json:"batches,omitempty"`         // yearly rounds of council work
	Certificate *CertificateRule      `yaml:"certificate,omitempty" json:"certificate,omitempty"` // term of a certificate
	Council     *CouncilRule          `yaml:"council,omitempty" json:"council,omitempty"`         // how sheets become a result
	Documents   Ordered[DocumentRule] `yaml:"documents,omitempty" json:"documents"`               // kinds that are asked for
	Roles       Ordered[RoleRule]     `yaml:"roles" json:"roles"`                                 // who acts
	Alone       []ocop.Role           `yaml:"alone,omitempty" json:"alone,omitempty"`             // roles that may walk from entry to goal alone
	Goal        ocop.State            `yaml:"goal,omitempty" json:"goal,omitempty"`               // what rounds work towards; "certified" unless said
	Extend      []ocop.Role           `yaml:"extend,omitempty" json:"extend,omitempty"`           // who may extend a campaign's deadline
	Chase       calendar.Chase        `yaml:"chase,omitempty" json:"chase,omitzero"`              // how deadlines are run after, unless they say otherwise
	Deadlines   Ordered[DeadlineRule] `yaml:"deadlines,omitempty" json:"deadlines"`               // limits that the procedure itself sets
	Tracks      Ordered[TrackRule]    `yaml:"tracks" json:"tracks"`                               // kinds of rounds
	States      Ordered[StateRule]    `yaml:"states" json:"states"`                               // where a product can stand
	Transitions Ordered[Transition]   `yaml:"transitions" json:"transitions"`                     // what moves it: events
}

// Legal is the act a procedure rests on. Until is the day by which running
// rounds of it must have ended.
type Legal struct {
	Act       string     `yaml:"act" json:"act"`                         // number of the act
	Date      *ocop.Date `yaml:"date,omitempty" json:"date,omitempty"`   // when it was signed
	Effective ocop.Date  `yaml:"effective" json:"effective"`             // the first day on which rounds open under it
	Until     *ocop.Date `yaml:"until,omitempty" json:"until,omitempty"` // the day by which running rounds must have ended
}

// LevelRule is a level of councils, the lowest first.
type LevelRule struct {
	Level        ocop.Level `yaml:"level" json:"level"`                                     // a kind of unit: district, province, ministry
	Recognises   []int      `yaml:"recognises" json:"recognises"`                           // stars
	ForwardsFrom int        `yaml:"forwards_from,omitempty" json:"forwards_from,omitempty"` // points of the mean
}

// Band gives stars to means from its lower bound up to the next band.
type Band struct {
	Stars int `yaml:"stars" json:"stars"` // rank
	From  int `yaml:"from" json:"from"`   // lowest points of the mean
}

// CertificateRule is the term of a certificate and the stars it takes.
type CertificateRule struct {
	Months         int    `yaml:"months" json:"months"`                               // term in civil months
	LastDay        string `yaml:"last_day" json:"last_day"`                           // inclusive or exclusive
	RecognisedFrom int    `yaml:"recognised_from" json:"recognised_from"`             // stars
	ExtendDays     int    `yaml:"extend_days,omitempty" json:"extend_days,omitempty"` // at most, past the last day, while a renewal filed late runs
	Provenance     `yaml:",inline"`
}

// CouncilRule is how a council's sheets become a result.
type CouncilRule struct {
	Quorum          string       `yaml:"quorum" json:"quorum"`                       // a fraction, such as 3/4
	ChairRequired   bool         `yaml:"chair_required" json:"chair_required"`       // the chair must be there
	MaxSpread       int          `yaml:"max_spread" json:"max_spread"`               // points; more sends the session back
	SecretaryScores bool         `yaml:"secretary_scores" json:"secretary_scores"`   // the secretary fills in a sheet
	Floors          string       `yaml:"floors" json:"floors"`                       // mean, all or majority
	Written         []ocop.Track `yaml:"written,omitempty" json:"written,omitempty"` // tracks scored by written opinions
	Provenance      `yaml:",inline"`
}

// Provenance says where a rule was seen. A rule that is not verified is shown
// as such wherever it is used.
type Provenance struct {
	Legal    string    `yaml:"legal,omitempty" json:"legal,omitempty"`       // act and article
	Verified *bool     `yaml:"verified,omitempty" json:"verified,omitempty"` // seen in a source that was opened
	Note     ocop.Text `yaml:"note,omitempty" json:"note,omitzero"`          // why it is not verified, or what to know about it
}

// DocumentRule is a kind of document that the procedure asks for.
type DocumentRule struct {
	Title      ocop.Text   `yaml:"title" json:"title"`                       // what people read
	By         []ocop.Role `yaml:"by,omitempty" json:"by,omitempty"`         // who can bring it
	Remind     []int       `yaml:"remind,omitempty" json:"remind,omitempty"` // days before one lapses on which it is said; the program's practice unless given
	Provenance `yaml:",inline"`
}

// Scope names the unit in which a role must be held, there or above. Beside those
// below, a procedure of petitions has PROCEDURE.FIELD for each field that names
// a unit: the one that was named last.
type Scope string

// The scopes.
const (
	ScopeCommune  Scope = "product.commune"
	ScopeProducer Scope = "product.producer"
	ScopeRound    Scope = "round.unit"  // the unit of the round's level; without a round, of the first level
	ScopeResult   Scope = "result.unit" // the unit that recognises the final stars
)

// RoleRule is who acts in a procedure.
type RoleRule struct {
	Title ocop.Text `yaml:"title" json:"title"`                     // what people read
	Scope Scope     `yaml:"scope,omitempty" json:"scope,omitempty"` // where the role must be held, there or above
	As    ocop.Role `yaml:"as,omitempty" json:"as,omitempty"`       // the role that people hold for it, if it is called otherwise
}

// TrackRule is a kind of round and the state in which it starts.
type TrackRule struct {
	Title ocop.Text  `yaml:"title,omitempty" json:"title,omitzero"`  // what people read
	Entry ocop.State `yaml:"entry" json:"entry"`                     // the state in which a round starts
	Until *ocop.Date `yaml:"until,omitempty" json:"until,omitempty"` // when its running rounds must have ended, if before legal.until
}

// StateRule is a state of a product.
type StateRule struct {
	Title   ocop.Text `yaml:"title" json:"title"`                         // what people read
	Resting bool      `yaml:"resting,omitempty" json:"resting,omitempty"` // may stay here for ever, outside any round
	Final   bool      `yaml:"final,omitempty" json:"final,omitempty"`     // no way out
	Timers  []Timer   `yaml:"timers,omitempty" json:"timers,omitempty"`   // events that time fires there
}

// Timer fires an event at a moment that the facts give.
type Timer struct {
	At    string     `yaml:"at" json:"at"`       // certificate.ends: the first moment after its last day
	Event ocop.Event `yaml:"event" json:"event"` // what it fires
}

// Transition is one act with one meaning; its arms say where it leads.
type Transition struct {
	Title      ocop.Text `yaml:"title" json:"title"`                       // what people read
	Reason     string    `yaml:"reason,omitempty" json:"reason,omitempty"` // "required": the comment must be given
	Aside      bool      `yaml:"aside,omitempty" json:"aside,omitempty"`   // offered, but nobody's task: not the way forward
	Quiet      bool      `yaml:"quiet,omitempty" json:"quiet,omitempty"`   // a task only once it is possible: what it lacks is nobody's task
	Requires   `yaml:",inline"`
	Do         []Effect   `yaml:"do,omitempty" json:"do,omitempty"`       // effects, carried out with the move
	Moves      ocop.Event `yaml:"moves,omitempty" json:"moves,omitempty"` // of petitions: a move that the product makes with it, by the same person and by its own procedure
	Provenance `yaml:",inline"`
	Arms       []Arm `yaml:"arms" json:"arms"` // where it leads
}

// Requires is what a move asks for. An arm's adds to its event's.
type Requires struct {
	Needs     []string     `yaml:"needs,omitempty" json:"needs,omitempty"`           // kinds of documents that must be valid
	Form      []Field      `yaml:"form,omitempty" json:"form,omitempty"`             // what the person fills in
	When      []Guard      `yaml:"when,omitempty" json:"when,omitempty"`             // conditions; all are judged
	Window    Windows      `yaml:"window,omitempty" json:"window,omitempty"`         // one span of days, or a list of which one must be open
	ApartFrom []ocop.Event `yaml:"apart_from,omitempty" json:"apart_from,omitempty"` // not by a person who did one of these events in the round
}

// Arm leads from states of tracks to a state.
type Arm struct {
	Tracks   []ocop.Track `yaml:"tracks" json:"tracks"`                     // in rounds of these; none: no round is open
	From     []ocop.State `yaml:"from" json:"from"`                         // states; none: the product is not there yet
	To       ocop.State   `yaml:"to,omitempty" json:"to,omitempty"`         // state
	Stay     bool         `yaml:"stay,omitempty" json:"stay,omitempty"`     // the state is kept
	By       []ocop.Role  `yaml:"by" json:"by"`                             // roles, of which one is enough
	Scope    Scope        `yaml:"scope,omitempty" json:"scope,omitempty"`   // in place of the roles' own
	Opens    ocop.Track   `yaml:"opens,omitempty" json:"opens,omitempty"`   // the round that starts
	Closes   bool         `yaml:"closes,omitempty" json:"closes,omitempty"` // the round ends
	Requires `yaml:",inline"`
	Do       []Effect `yaml:"do,omitempty" json:"do,omitempty"` // effects of this arm alone
}

// Guard must hold, or its reason is given.
type Guard struct {
	Code     string      `yaml:"code" json:"code"`                             // stable name of the reason
	Guard    string      `yaml:"guard" json:"guard"`                           // CEL over facts, true or false
	Actual   string      `yaml:"actual,omitempty" json:"actual,omitempty"`     // CEL: what is there, shown with the reason
	Required string      `yaml:"required,omitempty" json:"required,omitempty"` // CEL: what is needed, shown with the reason
	Else     ocop.Text   `yaml:"else" json:"else"`                             // why not, for people
	CureBy   []ocop.Role `yaml:"cure_by,omitempty" json:"cure_by,omitempty"`   // roles that can put it right
	Legal    string      `yaml:"legal,omitempty" json:"legal,omitempty"`       // act and article
	Verified bool        `yaml:"verified,omitempty" json:"verified"`           // seen in a source that was opened
	Note     ocop.Text   `yaml:"note,omitempty" json:"note,omitzero"`          // why it is not verified
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
	FieldUnit     FieldType = "unit" // of petitions alone: a unit to which it goes from then on
)

// Field is one entry of a move's form.
type Field struct {
	Name     string    `yaml:"name" json:"name"`                           // name in data and, after form., in guards
	Type     FieldType `yaml:"type" json:"type"`                           // what it holds
	Required bool      `yaml:"required,omitempty" json:"required"`         // it must be given
	Title    ocop.Text `yaml:"title" json:"title"`                         // what people read
	Options  []Option  `yaml:"options,omitempty" json:"options,omitempty"` // of a choice
	Min      *int64    `yaml:"min,omitempty" json:"min,omitempty"`         // smallest number
	Max      *int64    `yaml:"max,omitempty" json:"max,omitempty"`         // largest number

	Of       ocop.UnitKind `yaml:"of,omitempty" json:"of,omitempty"`             // the kind that a unit must be of
	Proposed *ProposalRule `yaml:"proposed,omitempty" json:"proposed,omitempty"` // what a petition's form is filled in with; nobody is bound by it
}

// ProposalRule says what a field is filled in with before somebody looks at it.
type ProposalRule struct {
	By string            `yaml:"by" json:"by"`                     // a fact of the procedure: its own value, unless as says another
	As map[string]string `yaml:"as,omitempty" json:"as,omitempty"` // by the fact's value; of a unit, its code or how that begins
}

// Option of a choice.
type Option struct {
	Value string    `yaml:"value" json:"value"` // value in data
	Title ocop.Text `yaml:"title" json:"title"` // what people read
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

// The effects of petitions, on the product that they are about; carried out by
// package petition.
const (
	TellProduct Effect = "tell_product" // the move stands in the product's history and beside its certificate
	ScoreAgain  Effect = "score_again"  // the open round loses its result and stands where it is to be scored
)

// petitionEffects are those that only petitions have.
var petitionEffects = []Effect{TellProduct, ScoreAgain}

var effects = map[Effect]bool{
	OpenRound: true, ImportCertificate: true, IssueCertificate: true, RetireCertificate: true,
	AssignOfficer: true, AcceptIdea: true, PlanInspection: true, RecordResult: true, NextLevel: true,
	FirstLevel: true, FileDossier: true, Propose: true, SettleProposal: true, MarkRejected: true,
	RecordAssessment: true,
}
