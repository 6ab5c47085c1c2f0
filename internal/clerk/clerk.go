// Package clerk draws up an office's papers: it owns the templates that units
// keep in place of the shipped ones, and who may make which paper, and fills papers from what is on
// record. How a template is read and a paper laid out is package paper's.
package clerk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ocopflow/internal/access"
	"ocopflow/internal/campaign"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/ending"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/support"
	"ocopflow/internal/workflow"
)

// Desk is where papers are drawn up.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	Cases     *casework.Desk
	Campaigns *campaign.Desk
	Support   *support.Desk
	Endings   *ending.Desk
	Library   *workflow.Library
	Clock     func() time.Time
	Folder    paper.Set // the office's own folder, in place of the shipped ones; may be nil
}

// makers may make each paper, for the unit in which they hold the role and those below it.
var makers = map[string][]ocop.Role{
	"notice":            {access.Office, access.Leader},
	"decision":          {access.Office, access.Leader, access.Secretary},
	"invitation":        {access.Office, access.Leader, access.Secretary, access.Commune},
	"minutes":           {access.Office, access.Leader, access.Secretary, access.Commune, access.Department},
	"inspection_record": {access.Office, access.Leader, access.Secretary},
	"report":            {access.Office, access.Leader},
	"support_plan":      {access.Office, access.Leader, access.Department},
	"batch_agenda":      {access.Office, access.Leader, access.Secretary},
	"batch_results":     {access.Office, access.Leader, access.Secretary},
	"result_notice":     {access.Office, access.Secretary},
	"ending_letter":     {access.Office, access.Leader},
}

// keepers may replace the templates of their unit.
var keepers = []ocop.Role{access.Office, access.Admin}

// Makers are the roles that may make a paper.
func Makers(name string) []ocop.Role { return slices.Clone(makers[name]) }

// Makes reports whether somebody may make a paper for a place.
func Makes(a access.Actor, name string, place ocop.Path) bool {
	return slices.ContainsFunc(makers[name], func(r ocop.Role) bool { _, ok := a.Holds(r, place); return ok })
}

// Keeps reports whether somebody may replace the templates of a place.
func Keeps(a access.Actor, place ocop.Path) bool {
	return slices.ContainsFunc(keepers, func(r ocop.Role) bool { _, ok := a.Holds(r, place); return ok })
}

// Heading is what the clerk fills in of a paper's head; all of it may be left out.
type Heading struct {
	Unit   string // id or code of the unit that issues it; "" takes the actor's own
	Parent string
	Issuer string
	Number string // "" leaves it to the hand
	Day    string // YYYY-MM-DD; "" leaves it to the hand
	Place  string
	Signer string
}

// Limits of what is typed, in characters, and of lists.
const (
	maxLine  = 500
	maxText  = 4000
	maxItems = 200
)

func notYours() error {
	return fault.New(fault.Forbidden, "who_may_not", "Việc này không thuộc quyền của bạn.", "This is not yours to do.")
}

// wrong is the fault of what was typed for a paper.
func wrong() *fault.Error {
	return fault.New(fault.Invalid, "paper_wrong", "Nội dung văn bản chưa đúng; chưa tạo gì.", "What was given for the paper is not right; nothing was made.")
}

func line(bad *fault.Error, place, text string) { within(bad, place, text, maxLine) }

func within(bad *fault.Error, place, text string, most int) {
	if utf8.RuneCountInString(text) > most {
		bad.At(place, "Quá dài.", "This is too long.")
	}
}

// list checks a list of texts.
func list(bad *fault.Error, place string, texts []string) {
	if len(texts) > maxItems {
		bad.At(place, "Quá nhiều mục (tối đa 200).", "There are too many (200 at most).")
	}
	for _, t := range texts {
		within(bad, place, t, maxText)
	}
}

// unit finds the unit for which the actor holds one of the roles: the one that
// is named, or else the first of the actor's own.
//
// Faults: not_found; who_may_not (Forbidden).
func (d *Desk) unit(ctx context.Context, a access.Actor, key string, roles []ocop.Role) (*ocop.Unit, error) {
	key = strings.TrimSpace(key)
	if key == "" {
		i := slices.IndexFunc(a.Grants, func(g access.Grant) bool { return slices.Contains(roles, g.Role) })
		if i < 0 {
			return nil, notYours()
		}
		return found(store.Unit(ctx, d.DB, a.Grants[i].Unit))
	}
	if !slices.ContainsFunc(roles, a.Has) {
		return nil, notYours()
	}
	u, err := store.UnitBy(ctx, d.DB, key)
	if u, err = found(u, err); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(roles, func(r ocop.Role) bool { _, ok := a.Holds(r, u.Path); return ok }) {
		return nil, notYours()
	}
	return u, nil
}

func found(u *ocop.Unit, err error) (*ocop.Unit, error) {
	if err == nil && (u == nil || u.Kind == ocop.Producers) {
		err = casework.NotFound()
	}
	return u, err
}

// head is a paper's head from what the clerk filled in and what the unit is.
func (d *Desk) head(u *ocop.Unit, h Heading, year int, lang ocop.Lang) (paper.Head, error) {
	bad := wrong()
	for place, text := range map[string]string{"body.parent": h.Parent, "body.issuer": h.Issuer, "body.number": h.Number, "body.place": h.Place, "body.signer": h.Signer} {
		line(bad, place, text)
	}
	if h.Day != "" {
		if _, err := ocop.ParseDate(h.Day); err != nil {
			bad.At("body.day", "Ngày viết dạng YYYY-MM-DD.", "A day is written YYYY-MM-DD.")
		}
	}
	if len(bad.Fields) > 0 {
		return paper.Head{}, bad
	}
	out := paper.Head{Parent: h.Parent, Issuer: h.Issuer, Number: h.Number, Place: h.Place, Day: h.Day, Year: year, Signer: h.Signer}
	if out.Issuer == "" {
		out.Issuer = Issuer(u, lang)
	}
	if out.Place == "" {
		out.Place = paper.PlaceOf(u.Name.Vi)
	}
	return out, nil
}

// Issuer is the name under which a unit issues papers: an authority's committee,
// otherwise the unit itself.
func Issuer(u *ocop.Unit, lang ocop.Lang) string {
	switch u.Kind {
	case ocop.Commune, ocop.District, ocop.Province:
		return ocop.Text{Vi: "Ủy ban nhân dân " + lowered(u.Name.Vi), En: "People's Committee of " + u.Name.En}.In(lang)
	}
	return u.Name.In(lang)
}

// lowered begins a name as it stands in a sentence: huyện Cẩm Xuyên.
func lowered(name string) string {
	_, n := utf8.DecodeRuneInString(name)
	return strings.ToLower(name[:n]) + name[n:]
}

func (d *Desk) year() int { return ocop.DateOf(d.Clock()).Year() }
