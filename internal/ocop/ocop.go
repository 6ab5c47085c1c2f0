// Package ocop is the vocabulary of the programme: products, rounds, units,
// certificates, days, and texts in two languages. It holds no rule that a
// procedure can hold (package workflow), knows no database (package store) and
// imports nothing of ours.
package ocop

import "time"

// Names of things a procedure declares. Their values live in workflows/*.yaml.
type (
	State string // of a product, such as "certified"
	Event string // what moves it, such as "confirm"
	Track string // of a round: first, upgrade, renewal; or NoTrack
	Level string // of a council: district, province, ministry
	Role  string // held by an account in a unit
)

// Outside any round a product has no track, and before it exists no state.
const (
	NoTrack Track = "none"
	NoState State = "none"
)

// System is the actor of moves that time alone brings about.
const System = "system"

// UnitKind says what a unit is. Levels of councils are kinds too.
type UnitKind string

// Kinds of units.
const (
	Ministry   UnitKind = "ministry"
	Province   UnitKind = "province"
	District   UnitKind = "district"
	Commune    UnitKind = "commune"
	Department UnitKind = "department"
	Office     UnitKind = "office"
	Council    UnitKind = "council"
	Producers  UnitKind = "producer"
)

// Unit is a place in the tree of authorities and those below them.
type Unit struct {
	ID        string   `json:"id"`
	Code      string   `json:"code"`
	Name      Text     `json:"name"`
	Kind      UnitKind `json:"kind"`
	Parent    string   `json:"parent,omitempty"`
	Path      Path     `json:"-"`
	ValidFrom *Date    `json:"valid_from,omitempty"`
	ValidTo   *Date    `json:"valid_to,omitempty"`
	Successor string   `json:"successor,omitempty"`
	Assumed   bool     `json:"assumed,omitempty"` // not stated by a source
	Version   int64    `json:"version"`
}

// Producer (chủ thể) owns products. It is a unit as well, under its commune or,
// where the commune is not known, under its district.
type Producer struct {
	ID           string `json:"id"`
	Code         string `json:"code"`
	Name         string `json:"name"`
	Form         string `json:"form"`                   // cooperative, household, company, …
	Unit         string `json:"unit"`                   // where it sits
	Registration string `json:"registration,omitempty"` // number in the register of businesses or cooperatives
	Path         Path   `json:"-"`
	Version      int64  `json:"version"`
}

// Product is what is graded. It has one state at any time and lives through rounds.
type Product struct {
	ID          string
	Code        string
	Name        string
	Producer    Ref
	Commune     *Ref // nil when no source names it
	Unit        string
	Path        Path // of Unit, the lowest authority known
	OwnerPath   Path // of the producer
	Set         int  // criteria set, 1 to 26
	State       State
	Track       Track
	Level       Level // of the open round; "" without one
	Round       string
	Version     int64
	Campaign    string
	Plan        string // code of the campaign
	Stars       int    // of the newest certificate, 0 without one
	Certificate string // its number
	Due         *Date  // nearest open deadline
	Rejected    bool   // withdrawn by a decision, not by its producer
	Assumed     bool   // entered with data that no source states
	Proposal    *Proposal
	UpdatedAt   time.Time
}

// Ref names something by id, with what a person reads.
type Ref struct {
	ID   string `json:"id"`
	Code string `json:"code,omitempty"`
	Name string `json:"name"`
}

// Round (lượt đánh giá) is one passage of a product towards a result, pinned to
// one version of one procedure.
type Round struct {
	ID        string     `json:"id"`
	Product   string     `json:"product"`
	Number    int        `json:"number"` // of the product's rounds, from 1
	Track     Track      `json:"track"`
	Procedure string     `json:"procedure"`
	Version   string     `json:"version"`
	Hash      string     `json:"hash"`
	Campaign  string     `json:"campaign"`
	Level     Level      `json:"level"`
	OpenedAt  time.Time  `json:"opened_at"`
	OpenedBy  string     `json:"opened_by"`
	ClosedAt  *time.Time `json:"closed_at"`
	Outcome   Event      `json:"outcome"`
	Data      RoundData  `json:"data"`
}

// RoundData is what the moves of a round have put on record.
type RoundData struct {
	Start        Level             `json:"start"`                   // level at which the round begins
	Target       int               `json:"target,omitempty"`        // stars aimed at
	Officer      string            `json:"officer,omitempty"`       // account that follows the producer
	IdeaAccepted bool              `json:"idea_accepted,omitempty"` // consent that the product may take part
	FiledOn      *Date             `json:"filed_on,omitempty"`      // renewal dossier filed
	Late         bool              `json:"late,omitempty"`          // it was filed past its window
	Assessment   map[string]string `json:"assessment,omitempty"`    // the commune's verdicts, by topic
	SelfScore    *SelfScore        `json:"self_score,omitempty"`    // the producer's newest sheet
	Session      *Scoring          `json:"session,omitempty"`       // closed, at the present level
	Result       *Result           `json:"result,omitempty"`        // of the present level, once it is on record
}

// SelfScore is what the producer's own sheet comes to.
type SelfScore struct {
	Number int   `json:"number"` // of the product's self-scorings, from 1
	Total  int64 `json:"total"`
	Stars  int   `json:"stars"`
}

// Scoring is a closed session: who could score, who did, and what it came to.
type Scoring struct {
	ID           string `json:"id"`
	Written      bool   `json:"written"` // opinions in writing, no meeting
	Entitled     int64  `json:"entitled"`
	ChairPresent bool   `json:"chair_present"`
	Spread       int64  `json:"spread"` // points
	Result       Result `json:"result"`
}

// Result of one scoring: two separate gates, points and floors.
type Result struct {
	Sum        int64    `json:"sum"`
	Members    int64    `json:"members"`
	Mean       string   `json:"mean"` // two decimals, for display only
	BandStars  int      `json:"band_stars"`
	FloorStars int      `json:"floor_stars"`
	Stars      int      `json:"stars"`
	Missed     []Missed `json:"missed"`
	KnockedOut []Struck `json:"knocked_out"` // no stars, whatever the points
	Level      Level    `json:"level"`
}

// Missed is a floor that was not reached.
type Missed struct {
	Criterion string `json:"criterion"`
	Floor     int    `json:"floor"` // stars
	Have      int64  `json:"have"`  // points of all sheets
	Need      int64  `json:"need"`
}

// Struck is a knock-out that some sheet found.
type Struck struct {
	Code   string `json:"code"`
	Kind   string `json:"kind"`
	Effect string `json:"effect"`
}

// Proposal to revoke a certificate, waiting for its decision by another person.
type Proposal struct {
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	Ground      string    `json:"ground"`
	Conclusion  string    `json:"conclusion,omitempty"` // document id of the authority's conclusion
	ConcludedOn *Date     `json:"concluded_on,omitempty"`
}
