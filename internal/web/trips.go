package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/fieldwork"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

// mountFieldwork adds the pages of inspections and training.
func (s *Site) mountFieldwork(e *gin.Engine) {
	e.GET("/inspections", s.member(s.inspections))
	e.GET("/inspections/new", s.member(s.newTrip))
	e.GET("/inspections/:id", s.member(s.inspection))
	e.POST("/inspections/:id", s.member(s.inspectionAct))
	e.GET("/inspections/:id/photos/:document", s.member(s.photo))
	e.GET("/trips/:id", s.member(s.trip))
	e.POST("/trips", s.member(s.planTrip))
	e.POST("/trips/:id", s.member(s.tripAct))
	e.GET("/training", s.member(s.trainings))
	e.POST("/training", s.member(s.planTraining))
	e.GET("/training/:id", s.member(s.training))
	e.POST("/training/:id", s.member(s.trainingAct))
}

// PlansVisits reports whether the reader plans inspections and training.
func (p *page) PlansVisits() bool { return p.holds([]ocop.Role{access.Office, access.Secretary}) }

type inspectionsBody struct {
	Status   string
	Trips    []fieldwork.Trip
	Next     string
	Late     bool
	Remedies []store.Asked
	Further  bool // there are more remedies than are shown
}

func (s *Site) inspections(p *page) error {
	b := inspectionsBody{Status: p.c.Query("status"), Late: p.c.Query("late") != ""}
	f := store.TripFilter{Status: store.VisitStatus(b.Status), Before: p.c.Query("after"), Limit: perPage + 1}
	var err error
	if b.Trips, err = s.Fieldwork.Trips(p.ctx, p.session.Actor, f); err != nil {
		return err
	}
	if len(b.Trips) > perPage {
		b.Trips = b.Trips[:perPage]
		b.Next = "/inspections?" + url.Values{"status": {b.Status}, "after": {b.Trips[perPage-1].ID}}.Encode()
	}
	if store.VisitStatus(b.Status) == store.VisitPlanned { // those to come, as a calendar has them
		slices.SortStableFunc(b.Trips, func(x, y fieldwork.Trip) int { return cmp.Compare(x.FirstDay, y.FirstDay) })
	}
	ask := store.RemedyFilter{Limit: perPage + 1}
	if today := s.Desk.Today(); b.Late {
		ask.Before = &today
	}
	if b.Remedies, err = s.Desk.Remedies(p.ctx, p.session.Actor, ask); err != nil {
		return err
	}
	if b.Further = len(b.Remedies) > perPage; b.Further {
		b.Remedies = b.Remedies[:perPage]
	}
	return p.show("inspections", p.T("inspections"), b)
}

// remediesSoon are those that are late or due within a week and, for those who
// confirm, what was reported: for the first page.
func (s *Site) remediesSoon(p *page) ([]store.Asked, error) {
	until := s.Desk.Today() + 8
	list, err := s.Desk.Remedies(p.ctx, p.session.Actor, store.RemedyFilter{Before: &until, State: string(store.RemedyOpen), Limit: 200})
	if err != nil {
		return nil, err
	}
	if p.PlansVisits() { // what was reported waits for them
		done, err := s.Desk.Remedies(p.ctx, p.session.Actor, store.RemedyFilter{State: string(store.RemedyDone), Limit: atStart})
		if err != nil {
			return nil, err
		}
		list = append(done, list...)
	}
	list = slices.DeleteFunc(list, func(r store.Asked) bool { return !casework.Chases(p.session.Actor, r) })
	return list[:min(len(list), atStart)], nil
}

type newTripBody struct {
	Filter    url.Values
	Products  []ocop.Product
	Chosen    []string
	Communes  []choice
	Campaigns []choice
	Units     []choice
	UnitsPut  []string
	Slots     []slotRow
}

// Was is what the filter says about a name.
func (b newTripBody) Was(name string) string { return b.Filter.Get(name) }

// Has reports whether a value is among those chosen.
func (b newTripBody) Has(list []string, v string) bool { return slices.Contains(list, v) }

// slotRow is a line of an agenda in a form.
type slotRow struct {
	N                                   int
	Day, From, To, Place, Text, Product string
}

// shownAtOnce are how many products a trip is chosen from; a filter narrows more.
const shownAtOnce = 100

func (s *Site) newTrip(p *page) error {
	if !p.PlansVisits() {
		return casework.MayNotPlan()
	}
	f, kept := s.filterOf(p.c.Request.URL.Query())
	f.Limit = shownAtOnce
	b := newTripBody{Filter: kept, Chosen: p.c.Request.PostForm["product"], UnitsPut: p.c.Request.PostForm["unit"]}
	var err error
	if b.Products, err = s.Desk.Products(p.ctx, p.session.Actor, f); err != nil {
		return err
	}
	if b.Communes, err = p.communes(); err != nil {
		return err
	}
	if b.Campaigns, err = s.campaignChoices(p); err != nil {
		return err
	}
	if b.Units, err = p.invitable(); err != nil {
		return err
	}
	b.Slots = p.typedSlots(6)
	return p.show("new-trip", p.T("new_trip"), b)
}

func (s *Site) campaignChoices(p *page) ([]choice, error) {
	list, err := s.Campaigns.List(p.ctx, p.session.Actor, "", perPage)
	var out []choice
	for _, c := range list {
		out = append(out, choice{Value: c.Code, Title: c.Title.In(p.L())})
	}
	return out, err
}

// invitable are the units that can be invited: departments, offices and councils
// of the reader's own units and of those above.
func (p *page) invitable() ([]choice, error) {
	var places []ocop.Path
	for _, g := range p.session.Actor.Grants {
		if place := g.Path.Upto(ocop.Province); place != "" && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	units, err := store.UnitsBelow(p.ctx, p.site.DB, places, "", 400)
	var out []choice
	for _, u := range units {
		if u.Kind == ocop.Department || u.Kind == ocop.Council || u.Kind == ocop.Office {
			out = append(out, choice{Value: u.Code, Title: u.Name.In(p.L())})
		}
	}
	return out, err
}

// typedSlots are the lines of an agenda as typed, at least n.
func (p *page) typedSlots(n int) []slotRow {
	out := make([]slotRow, 0, n)
	for i := range 120 {
		x := strconv.Itoa(i)
		r := slotRow{i, p.Typed("day." + x), p.Typed("from." + x), p.Typed("to." + x), p.Typed("where." + x), p.Typed("text." + x), p.Typed("slot_product." + x)}
		if i < n || r != (slotRow{N: i}) {
			out = append(out, r)
		}
	}
	return out
}

// slots reads the lines of an agenda that hold anything.
func (p *page) slots(bad *fault.Error) []store.Slot {
	out := []store.Slot{}
	for _, r := range p.typedSlots(0) {
		if strings.TrimSpace(r.Text+r.Place+r.Product) == "" {
			continue
		}
		day, err := ocop.ParseDate(r.Day)
		if err != nil {
			bad.At(fmt.Sprintf("body.agenda[%d].day", r.N), "Phải là một ngày của kế hoạch.", "Must be a day of the plan.")
		}
		out = append(out, store.Slot{Day: day, From: r.From, To: r.To, Place: strings.TrimSpace(r.Place), Text: strings.TrimSpace(r.Text), Product: r.Product})
	}
	return out
}

// typedDay reads a day; nil for none.
func (p *page) typedDay(name string) *ocop.Date {
	if day, err := ocop.ParseDate(p.Typed(name)); err == nil {
		return &day
	}
	return nil
}

// lines are the lines of a text that hold anything.
func lines(text string) (out []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (s *Site) planTrip(p *page) error {
	bad := fault.New(fault.Invalid, "plan_wrong", "Nội dung kế hoạch chưa đúng.", "The plan is not right.")
	title := p.Typed("title")
	plan := fieldwork.TripPlan{Title: &title, Campaign: p.Typed("campaign"), FirstDay: p.typedDay("first_day"), LastDay: p.typedDay("last_day"), Agenda: p.slots(bad),
		Products: p.c.Request.PostForm["product"], ProvincialCouncil: p.Typed("provincial_council") != ""}
	for _, code := range p.c.Request.PostForm["unit"] {
		plan.Guests = append(plan.Guests, fieldwork.Invitation{Unit: code})
	}
	for _, name := range lines(p.Typed("guests")) {
		plan.Guests = append(plan.Guests, fieldwork.Invitation{Name: name})
	}
	if len(bad.Fields) > 0 {
		return p.retry(bad, s.newTrip)
	}
	t, err := s.Fieldwork.PlanTrip(p.ctx, p.session.Actor, plan, p.key("trips"))
	if err != nil {
		return p.retry(err, s.newTrip)
	}
	return p.back("/trips/"+url.PathEscape(t.ID)+"?saved=1", "/inspections")
}

type tripBody struct {
	fieldwork.Trip
	Mine    bool // to plan
	Slots   []slotRow
	Units   []choice
	Invited []string // units whose invitation the reader answers
}

// Answers reports whether the reader answers for a guest.
func (b tripBody) Answers(g store.Guest) bool {
	return g.Unit.ID != "" && b.Status == store.VisitPlanned && slices.Contains(b.Invited, g.Unit.ID)
}

// Waiting are the stops that were not dropped.
func (b tripBody) Waiting() (out []fieldwork.Stop) {
	for _, x := range b.Products {
		if x.Inspection.CancelledOn == nil {
			out = append(out, x)
		}
	}
	return out
}

func (s *Site) trip(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	t, err := s.Fieldwork.Trip(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	b := tripBody{Trip: t, Mine: fieldwork.MayPlan(p.session.Actor, t.Path)}
	for _, g := range p.session.Actor.Grants {
		b.Invited = append(b.Invited, g.Unit)
	}
	if b.Slots = p.typedSlots(0); len(b.Slots) == 0 {
		for i, x := range t.Agenda {
			b.Slots = append(b.Slots, slotRow{i, x.Day.String(), x.From, x.To, x.Place, x.Text, x.Product})
		}
		for i := range 3 {
			b.Slots = append(b.Slots, slotRow{N: len(t.Agenda) + i})
		}
	}
	if b.Mine {
		if b.Units, err = p.invitable(); err != nil {
			return err
		}
	}
	return p.show("trip", t.Title, b)
}

// planned is what every form about something planned carries.
func (p *page) planned(act string) fieldwork.Request {
	id := p.c.Param("id")
	r := fieldwork.Request{ID: id, Actor: p.session.Actor, Key: p.key(act + " " + id)}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		r.Version = &v
	}
	return r
}

func (s *Site) tripAct(p *page) error {
	act, r := p.Typed("act"), p.planned("trip")
	var err error
	switch act {
	case "change":
		bad := fault.New(fault.Invalid, "plan_wrong", "Nội dung kế hoạch chưa đúng.", "The plan is not right.")
		title := p.Typed("title")
		plan := fieldwork.TripPlan{Title: &title, FirstDay: p.typedDay("first_day"), LastDay: p.typedDay("last_day"), Agenda: p.slots(bad)}
		if err = bad; len(bad.Fields) == 0 {
			_, err = s.Fieldwork.ChangeTrip(p.ctx, r, plan)
		}
	case "guests":
		_, err = s.Fieldwork.ChangeTrip(p.ctx, r, fieldwork.TripPlan{Guests: p.guests()})
	case "answer":
		n, _ := strconv.ParseInt(p.Typed("number"), 10, 64) // 0 is no guest
		_, err = s.Fieldwork.Answer(p.ctx, r, n, store.Reply(p.Typed("answer")))
	case "add":
		_, err = s.Fieldwork.AddProducts(p.ctx, r, strings.Fields(strings.ReplaceAll(p.Typed("products"), ",", " ")))
	case "drop":
		_, err = s.Fieldwork.DropProduct(p.ctx, r, p.Typed("product"), p.Typed("reason"))
	case "hold":
		_, err = s.Fieldwork.HoldTrip(p.ctx, r, p.typedDay("held_on"))
	case "forget":
		if _, err = s.Fieldwork.Trip(p.ctx, p.session.Actor, r.ID); err == nil {
			err = s.forget(p, "trip:"+r.ID, namesOfTrip)
		}
	case "cancel":
		_, err = s.Fieldwork.CancelTrip(p.ctx, r, p.Typed("reason"))
	default:
		err = fault.New(fault.Malformed, "malformed", "Không đọc được nội dung gửi lên.", "What was sent cannot be read.")
	}
	if err != nil {
		return p.retry(err, s.trip)
	}
	return p.back("/trips/"+url.PathEscape(r.ID)+"?saved=1", "/inspections")
}

// guests are those of the form: those who are there with what they answered,
// units that are ticked, and names, one on each line.
func (p *page) guests() []fieldwork.Invitation {
	out := []fieldwork.Invitation{}
	for _, number := range p.c.Request.PostForm["guest"] {
		n, err := strconv.ParseInt(number, 10, 64)
		answer := p.Typed("answer." + number)
		if err == nil && answer != "" {
			out = append(out, fieldwork.Invitation{Number: n, Unit: p.Typed("guest_unit." + number), Name: p.Typed("guest_name." + number), Answer: store.Reply(answer)})
		}
	}
	if code := p.Typed("unit"); code != "" {
		out = append(out, fieldwork.Invitation{Unit: code})
	}
	for _, name := range lines(p.Typed("guests")) {
		out = append(out, fieldwork.Invitation{Name: name})
	}
	return out
}

// VisitStates are those of trips and training, for a list to choose from.
func (p *page) VisitStates() []string { return []string{"planned", "held", "cancelled"} }

// GuestStates are what a guest may have answered.
func (p *page) GuestStates() []string {
	return []string{"invited", "confirmed", "declined", "attended"}
}

// Next counts from one.
func (p *page) Next(n int) int { return n + 1 }

// Written is a day as a form's field holds it.
func (p *page) Written(d *ocop.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}
