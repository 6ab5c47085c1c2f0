// Package campaign owns a year's plan of one unit: its file, its deadlines,
// targets and duties, and how it is brought into the database. What a deadline
// means is package calendar's; moving products is casework's.
package campaign

import (
	"slices"

	"ocopflow/internal/calendar"
	"ocopflow/internal/ocop"
	"ocopflow/internal/source"
)

// File is a campaign as its YAML says.
type File struct {
	Campaign     string              `yaml:"campaign" json:"campaign"`
	Year         int                 `yaml:"year" json:"year"`
	Title        ocop.Text           `yaml:"title" json:"title"`
	Unit         string              `yaml:"unit" json:"unit"`
	Procedure    string              `yaml:"procedure" json:"procedure"`
	Source       Source              `yaml:"source" json:"source"`
	Units        []Unit              `yaml:"units,omitempty" json:"-"`
	Producers    []Producer          `yaml:"producers,omitempty" json:"-"`
	Products     []Product           `yaml:"products,omitempty" json:"products"`
	Expectations []Expectation       `yaml:"expectations,omitempty" json:"expectations"`
	Deadlines    []calendar.Deadline `yaml:"deadlines,omitempty" json:"deadlines"`
	Targets      []Target            `yaml:"targets,omitempty" json:"targets"`
	Duties       []Duty              `yaml:"duties,omitempty" json:"duties"`
	Participants []string            `yaml:"participants,omitempty" json:"participants"`
	Conflicts    []Conflict          `yaml:"conflicts,omitempty" json:"conflicts"`
	Counting     Counting            `yaml:"counting,omitempty" json:"counting,omitempty"`
	From         string              `yaml:"from,omitempty" json:"from,omitempty"` // code of the campaign that it was cloned from
}

// Counting is how "so many more" is read. Both figures are always shown; the
// setting says which of them decides whether a target is met.
type Counting string

// The readings: Net counts what is in force above what was in force before the
// year, so that a certificate that ends, and a product that rises above a target
// of exactly so many stars, count against it; Gross counts those that came new
// to the stars in the year. Undecided is what a plan says that does
// not say: the smaller figure decides.
const (
	Undecided Counting = ""
	Net       Counting = "net"
	Gross     Counting = "gross"
)

// Source is the paper that a campaign was taken from.
type Source struct {
	Type    string     `yaml:"type" json:"type"`
	Issuer  string     `yaml:"issuer" json:"issuer"`
	Number  string     `yaml:"number" json:"number"` // "" where the source leaves it blank
	Date    string     `yaml:"date" json:"date"`     // as far as the source gives it
	Meeting *ocop.Date `yaml:"meeting,omitempty" json:"meeting,omitempty"`
	Legal   []string   `yaml:"legal,omitempty" json:"legal,omitempty"`
}

// Unit is an authority that the campaign needs.
type Unit struct {
	Code      string        `yaml:"code"`
	Kind      ocop.UnitKind `yaml:"kind"`
	Parent    string        `yaml:"parent,omitempty"`
	Name      ocop.Text     `yaml:"name"`
	ValidFrom *ocop.Date    `yaml:"valid_from,omitempty"`
	ValidTo   *ocop.Date    `yaml:"valid_to,omitempty"`
	Successor string        `yaml:"successor,omitempty"`
	Assumed   bool          `yaml:"assumed,omitempty"`
}

// Producer is an owner of products in the unit where it sits.
type Producer struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`
	Form string `yaml:"form"`
	Unit string `yaml:"unit"`
}

// Product takes part in the campaign. One that is known already needs its code
// and plan alone; another was recognised before this program was used.
type Product struct {
	Code        string       `yaml:"code" json:"code"`
	Name        string       `yaml:"name,omitempty" json:"name" required:"false"`
	Producer    string       `yaml:"producer,omitempty" json:"producer" required:"false"`
	Set         int          `yaml:"set,omitempty" json:"set" required:"false"`
	Plan        Plan         `yaml:"plan" json:"plan"`
	Certificate *Certificate `yaml:"certificate,omitempty" json:"certificate,omitempty"`
}

// Stars that the product had when it was taken into the plan, 0 for none.
func (p Product) Stars() int {
	if p.Certificate == nil {
		return 0
	}
	return p.Certificate.Stars
}

// Plan is the round that a product is to go through.
type Plan struct {
	Track  ocop.Track `yaml:"track" json:"track"`
	Target int        `yaml:"target" json:"target"`
}

// Certificate is one given before this program was used.
type Certificate struct {
	Number   string    `yaml:"number" json:"number"`
	Stars    int       `yaml:"stars" json:"stars"`
	IssuedOn ocop.Date `yaml:"issued_on" json:"issued_on"`
	Assumed  bool      `yaml:"assumed,omitempty" json:"assumed,omitempty"`
}

// Expectation is a first product that a commune is to bring.
type Expectation struct {
	Unit  string     `yaml:"unit" json:"unit"`
	Track ocop.Track `yaml:"track" json:"track"`
	Stars int        `yaml:"stars" json:"stars"`
	Count int        `yaml:"count" json:"count"`
}

// Target counts certificates in force, at exactly or at least so many stars.
type Target struct {
	Code     string    `yaml:"code" json:"code"`
	Title    ocop.Text `yaml:"title" json:"title"`
	Stars    int       `yaml:"stars" json:"stars"`
	Exactly  bool      `yaml:"exactly,omitempty" json:"exactly,omitempty"`   // so many stars and not more
	More     int       `yaml:"more" json:"more"`                             // than the baseline
	Baseline int       `yaml:"baseline,omitempty" json:"baseline,omitempty"` // at the start of the campaign
	Unit     string    `yaml:"unit,omitempty" json:"unit,omitempty"`         // "" for the whole campaign
}

// Duty is what an organisation is asked to do.
type Duty struct {
	Code     string       `yaml:"code" json:"code"`
	Unit     string       `yaml:"unit" json:"unit"` // a unit's or producer's code, "producers" or "communes"
	Title    ocop.Text    `yaml:"title" json:"title"`
	Deadline string       `yaml:"deadline,omitempty" json:"deadline,omitempty"`
	About    string       `yaml:"about,omitempty" json:"about,omitempty"`   // a product's or producer's code
	Only     []string     `yaml:"only,omitempty" json:"only,omitempty"`     // of producers or communes, those with these codes
	Tracks   []ocop.Track `yaml:"tracks,omitempty" json:"tracks,omitempty"` // of producers, those with a product of the plan on one of these
	Record   Record       `yaml:"record,omitempty" json:"record,omitempty"` // what on record does it, unless somebody says otherwise
}

// Record is something that the program keeps and that does a duty: nobody has to
// report it.
type Record string

// The records: the first support plan of the campaign that was approved, its
// first training that was held.
const (
	ByReport      Record = ""
	BySupportPlan Record = "support_plan"
	ByTraining    Record = "training"
)

// Conflict is a contradiction in the source, shown and not resolved.
type Conflict struct {
	Code    string    `yaml:"code" json:"code"`
	Between []string  `yaml:"between" json:"between"`
	Note    ocop.Text `yaml:"note" json:"note"`
}

// named are the units that deadlines, duties and the list of participants name.
func (f *File) named() (out []string) {
	for _, d := range f.Deadlines {
		out = append(out, d.Who...)
	}
	for _, d := range f.Duties {
		out = append(append(out, d.Unit), d.Only...)
	}
	out = append(out, f.Participants...)
	slices.Sort(out)
	return slices.Compact(out)
}

// Known says what is there already, beside what the file itself declares.
type Known interface {
	Unit(code string) bool // or producer
	Product(code string) bool
}

// Nothing is known: the file stands alone.
var Nothing Known = nothing{}

type nothing struct{}

func (nothing) Unit(string) bool    { return false }
func (nothing) Product(string) bool { return false }

// Parse reads and checks a campaign file; without a file the findings say why.
func Parse(name string, text []byte, known Known) (*File, []source.Finding) {
	f := new(File)
	src, bad := source.Parse(name, text, f)
	if bad != nil {
		return nil, []source.Finding{*bad}
	}
	c := checker{f: f, src: src, there: known}
	c.check()
	if src.Failed() {
		return nil, src.Findings()
	}
	return f, src.Findings()
}
