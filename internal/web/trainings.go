package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/fault"
	"ocopflow/internal/fieldwork"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type trainingsBody struct {
	Status    string
	Items     []fieldwork.Training
	Next      string
	Totals    []fieldwork.Total
	Campaigns []choice
	Slots     []slotRow
}

func (s *Site) trainings(p *page) error {
	b := trainingsBody{Status: p.c.Query("status"), Slots: p.typedSlots(4)}
	f := store.TripFilter{Status: store.VisitStatus(b.Status), Before: p.c.Query("after"), Limit: perPage + 1}
	var err error
	if b.Items, err = s.Fieldwork.Trainings(p.ctx, p.session.Actor, f); err != nil {
		return err
	}
	if len(b.Items) > perPage {
		b.Items = b.Items[:perPage]
		b.Next = "/training?" + url.Values{"status": {b.Status}, "after": {b.Items[perPage-1].ID}}.Encode()
	}
	if store.VisitStatus(b.Status) == store.VisitPlanned {
		slices.SortStableFunc(b.Items, func(x, y fieldwork.Training) int { return cmp.Compare(x.FirstDay, y.FirstDay) })
	}
	if b.Totals, err = s.Fieldwork.Totals(p.ctx, p.session.Actor, ""); err != nil && !fault.Is(err, fault.Forbidden) {
		return err
	}
	if p.PlansVisits() {
		if b.Campaigns, err = s.campaignChoices(p); err != nil {
			return err
		}
	}
	return p.show("trainings", p.T("training"), b)
}

// trainingPlan reads the form of a training.
func (p *page) trainingPlan(bad *fault.Error) fieldwork.TrainingPlan {
	title, place, topics, organiser := p.Typed("title"), p.Typed("place"), p.Typed("topics"), p.Typed("organiser")
	plan := fieldwork.TrainingPlan{Title: &title, Place: &place, Topics: &topics, Organiser: &organiser, Campaign: p.Typed("campaign"), FirstDay: p.typedDay("first_day"),
		LastDay: p.typedDay("last_day"), Lecturers: lines(p.Typed("lecturers")), Agenda: p.slots(bad)}
	if plan.Lecturers == nil {
		plan.Lecturers = []string{}
	}
	n, err := strconv.ParseInt(p.Typed("capacity"), 10, 64)
	if err != nil && p.Typed("capacity") != "" {
		n = -1 // refused with the rest
	}
	plan.Capacity = &n
	return plan
}

// enrolments reads who is invited: codes of units and producers, names of
// accounts, and people with their telephone numbers, one on each line.
func (p *page) enrolments() (out []fieldwork.Enrolment) {
	for _, code := range strings.Fields(strings.ReplaceAll(p.Typed("units"), ",", " ")) {
		out = append(out, fieldwork.Enrolment{Unit: code})
	}
	for _, name := range strings.Fields(strings.ReplaceAll(p.Typed("accounts"), ",", " ")) {
		out = append(out, fieldwork.Enrolment{Account: name})
	}
	for _, line := range lines(p.Typed("people")) {
		name, phone, _ := strings.Cut(line, ";")
		out = append(out, fieldwork.Enrolment{Name: strings.TrimSpace(name), Phone: strings.TrimSpace(phone)})
	}
	return out
}

func planWrong() *fault.Error {
	return fault.New(fault.Invalid, "plan_wrong", "Nội dung kế hoạch chưa đúng.", "The plan is not right.")
}

func (s *Site) planTraining(p *page) error {
	bad := planWrong()
	plan := p.trainingPlan(bad)
	if len(bad.Fields) > 0 {
		return p.retry(bad, s.trainings)
	}
	t, err := s.Fieldwork.PlanTraining(p.ctx, p.session.Actor, plan, p.enrolments(), p.key("training"))
	if err != nil {
		return p.retry(err, s.trainings)
	}
	return p.back("/training/"+url.PathEscape(t.ID)+"?saved=1", "/training")
}

type trainingBody struct {
	fieldwork.Training
	Mine  bool
	Slots []slotRow
	Begun bool // attendance can be taken
}

// Came reports whether a trainee came on a day.
func (b trainingBody) Came(x store.Trainee, day ocop.Date) bool { return slices.Contains(x.Days, day) }

func (s *Site) training(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	t, err := s.Fieldwork.Training(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	b := trainingBody{Training: t, Mine: fieldwork.MayPlan(p.session.Actor, t.Path), Begun: t.FirstDay <= s.Desk.Today()}
	if b.Slots = p.typedSlots(0); len(b.Slots) == 0 {
		for i, x := range t.Agenda {
			b.Slots = append(b.Slots, slotRow{i, x.Day.String(), x.From, x.To, x.Place, x.Text, x.Product})
		}
		for i := range 2 {
			b.Slots = append(b.Slots, slotRow{N: len(t.Agenda) + i})
		}
	}
	return p.show("training", t.Title, b)
}

func (s *Site) trainingAct(p *page) error {
	r := p.planned("training")
	var err error
	switch p.Typed("act") {
	case "change":
		bad := planWrong()
		plan := p.trainingPlan(bad)
		if err = bad; len(bad.Fields) == 0 {
			_, err = s.Fieldwork.ChangeTraining(p.ctx, r, plan)
		}
	case "invite":
		_, err = s.Fieldwork.Invite(p.ctx, r, p.enrolments())
	case "withdraw":
		n, _ := strconv.ParseInt(p.Typed("number"), 10, 64) // 0 is nobody
		_, err = s.Fieldwork.Withdraw(p.ctx, r, n)
	case "hold":
		_, err = s.Fieldwork.HoldTraining(p.ctx, r, p.attendance())
	case "forget":
		if _, err = s.Fieldwork.Training(p.ctx, p.session.Actor, r.ID); err == nil {
			err = s.forget(p, "training:"+r.ID, namesOfTraining)
		}
	case "cancel":
		_, err = s.Fieldwork.CancelTraining(p.ctx, r, p.Typed("reason"))
	case "material":
		err = s.addMaterial(p, r)
	default:
		err = fault.New(fault.Malformed, "malformed", "Không đọc được nội dung gửi lên.", "What was sent cannot be read.")
	}
	if err != nil {
		return p.retry(err, s.training)
	}
	return p.back("/training/"+url.PathEscape(r.ID)+"?saved=1", "/training")
}

func (s *Site) addMaterial(p *page, r fieldwork.Request) error {
	name, file, err := p.takeFile("")
	if err != nil {
		return err
	}
	_, err = s.Fieldwork.AddMaterial(p.ctx, r, name, file)
	return err
}

// attendance reads the ticks: everybody who is listed, with the days they came.
func (p *page) attendance() (out []fieldwork.Presence) {
	for _, number := range p.c.Request.PostForm["trainee"] {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			continue
		}
		x := fieldwork.Presence{Number: n, Days: []ocop.Date{}}
		for _, text := range p.c.Request.PostForm["came."+number] {
			if day, err := ocop.ParseDate(text); err == nil {
				x.Days = append(x.Days, day)
			}
		}
		out = append(out, x)
	}
	return out
}

// NoTraining fills the form of a new one.
func (p *page) NoTraining() fieldwork.Training { return fieldwork.Training{} }
