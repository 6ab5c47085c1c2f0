package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/access"
	"ocopflow/internal/announce"
	"ocopflow/internal/casework"
	"ocopflow/internal/council"
	"ocopflow/internal/fault"
	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/privacy"
	"ocopflow/internal/register"
	"ocopflow/internal/sample"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

type productBody struct {
	Product     casework.Product
	Steps       []step
	Actions     []casework.Action
	AnyAllowed  bool
	AnyBlocked  bool
	Open        string // the action that is unfolded
	History     []line
	Documents   []store.Document
	Kinds       []choice
	Officers    []store.Account
	Inspections []store.Inspection
	Batches     []store.BatchItem
	Samples     samplesOf
	Announced   *announce.Scored // the newest result, with its notice
	Announces   bool             // the reader gives notice of it
	Letters     []store.Paper    // received or sent, that concern it and that the reader sees
	Trained     []store.Attendance
	Supported   []asked // requests about it that the reader sees
	Complaints  []asked
	Behalf      []store.OnBehalf   // acts in place of the producer
	Owner       bool               // the reader is of the producer
	Instead     bool               // the reader acts in place of the producer
	Outcomes    []petition.Outcome // of petitions, as everybody may know who sees the product
	CanInspect  bool
	CanErase    bool
	Decisions   []store.Decision // that name the product
	Decides     bool             // the reader may draw the decision about it
	Deadlines   []deadline
	Procedure   string // that decides about it
	Certificate *register.Verification
	Result      *ocop.Result
	Own         *ocop.SelfScore
	Sessions    []council.View
	Halls       []store.Council // with which the reader may open a session now
	Changed     []line          // since a stale form was made
	Papers      []evidence
	Replaceable []replaceable
	Suggested   []casework.Lack // of the producer's report: there or not
	uses        map[string][]string
	Kind        string // of document that the reader is about to bring
}

type step struct {
	Title, On string
	Done, Now bool
}

type line struct {
	Title, To, At, Actor, Comment, Hash, Kind string
	Scan                                      string // from which it was done in place of the producer
	Index                                     int64
	Why                                       []string
	Erased                                    []string
	Changes                                   []string // old and new values of a correction
	Private                                   bool     // it holds what can still be erased
}

func (s *Site) product(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	return s.showProduct(p, p.c.Query("open"))
}

func (s *Site) showProduct(p *page, open string) error {
	actor, id := p.session.Actor, p.c.Param("id")
	if err := p.watch(id); err != nil {
		return err
	}
	product, err := s.Desk.Product(p.ctx, actor, id)
	if err != nil {
		return err
	}
	b := productBody{Product: casework.View(*product), Open: open, Kind: p.c.Query("kind")}
	if b.Actions, err = s.Desk.Actions(p.ctx, actor, id); err != nil {
		return err
	}
	for _, a := range b.Actions {
		b.AnyAllowed = b.AnyAllowed || a.Allowed || a.Instead
		b.AnyBlocked = b.AnyBlocked || !a.Allowed && !a.Instead
	}
	entries, err := s.Desk.History(p.ctx, actor, id, -1, 1000)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(entries) {
		b.History = append(b.History, p.line(e))
	}
	b.Steps = p.steps(product, entries)
	if p.Problem != nil && p.Problem.Code == "stale" {
		b.Changed = p.changed(entries)
	}
	if b.Deadlines, err = p.deadlines(id); err != nil {
		return err
	}
	if b.Documents, err = s.Desk.Evidence(p.ctx, actor, id); err != nil {
		return err
	}
	if b.Inspections, err = s.Desk.Inspections(p.ctx, actor, id); err != nil {
		return err
	}
	if b.Batches, err = s.Batches.Of(p.ctx, actor, id); err != nil {
		return err
	}
	if b.Samples.State, err = s.Samples.Of(p.ctx, actor, id); err != nil {
		return err
	}
	if b.Announced, err = s.Announce.Of(p.ctx, actor, id); err != nil {
		return err
	}
	b.Announces = b.Announced != nil && b.Announced.Gives(actor)
	if b.Letters, err = s.Correspondence.Papers(p.ctx, actor, store.PaperFilter{Product: id, Limit: perPage}); err != nil {
		return err
	}
	b.Samples.Receives, b.Samples.Open = sample.Receives(actor, product.Path), product.Round != ""
	if b.Trained, err = s.Fieldwork.TakenPart(p.ctx, actor, id); err != nil {
		return err
	}
	if b.Supported, err = s.support().about(p, id); err != nil {
		return err
	}
	if b.Behalf, err = s.Desk.OnBehalfOf(p.ctx, actor, id); err != nil {
		return err
	}
	_, b.Owner = actor.Holds(access.Producer, product.OwnerPath)
	_, b.Instead = actor.InPlaceOf(product.OwnerPath)
	b.Instead = b.Instead && !b.Owner
	if b.Complaints, err = s.complaints().about(p, id); err != nil {
		return err
	}
	if b.Outcomes, err = s.Petitions.OutcomesOf(p.ctx, id, ""); err != nil {
		return err
	}
	if err := s.aside(p, product, &b); err != nil {
		return err
	}
	return p.show("product", product.Name, b)
}

// aside fills the right-hand column and what forms choose from.
func (s *Site) aside(p *page, product *ocop.Product, b *productBody) error {
	actor := p.session.Actor
	_, office := actor.Holds(access.Office, product.Path)
	_, secretary := actor.Holds(access.Secretary, product.Path)
	b.CanInspect = office || secretary
	b.CanErase = privacy.May(actor, product.Path)
	b.Decides = p.decides(product)
	var err error
	if b.Decisions, err = store.DecisionsOf(p.ctx, s.DB, product.ID); err != nil {
		return err
	}
	if product.Certificate != "" {
		v, err := register.Verify(p.ctx, s.DB, product.Certificate, s.Desk.Today())
		if err != nil {
			return err
		}
		b.Certificate = &v
	}
	if product.Round != "" {
		rounds, err := store.RoundsOf(p.ctx, s.DB, product.ID)
		if err != nil {
			return err
		}
		data := rounds[len(rounds)-1].Data
		b.Result, b.Own = data.Result, data.SelfScore
	}
	if err := s.scoringOf(p, product, b); err != nil {
		return err
	}
	rules, err := s.Desk.Rules(p.ctx, actor, product.ID)
	if err != nil {
		return err
	}
	b.Procedure = rules.Title.In(p.L())
	b.Kinds = p.kindsToBring(rules, product)
	if err := s.versions(p, rules, product.ID, b); err != nil {
		return err
	}
	b.Papers = p.papers(rules, product, b.Documents, b.Own)
	if product.Commune == nil {
		return nil
	}
	b.Officers, err = store.AccountsIn(p.ctx, s.DB, product.Commune.ID)
	return err
}

// scoringOf lists the product's sessions and, for a secretary, the councils that
// could hold the next.
func (s *Site) scoringOf(p *page, product *ocop.Product, b *productBody) (err error) {
	actor := p.session.Actor
	if b.Sessions, err = s.Councils.Sessions(p.ctx, actor, store.SessionFilter{Product: product.ID, Limit: 50}); err != nil {
		return err
	}
	standing, err := s.Desk.Standing(p.ctx, s.DB, product.ID, p.site.Clock())
	if err != nil || !standing.Scorable() || standing.Round.Data.Session != nil {
		return err
	}
	running := slices.ContainsFunc(b.Sessions, func(v council.View) bool { return v.Status == store.Scoring || v.Status == store.Opened })
	if _, secretary := actor.Holds(access.Secretary, product.Path.Upto(ocop.UnitKind(product.Level))); running || !secretary {
		return nil
	}
	all, err := s.Councils.Councils(p.ctx, actor, "", 100)
	for _, k := range all {
		if k.Level == product.Level && k.Path == product.Path.Upto(ocop.UnitKind(product.Level)) {
			b.Halls = append(b.Halls, k)
		}
	}
	return err
}

// steps are the states on the way of the present round, or of the last one,
// with the day on which each was reached.
func (p *page) steps(product *ocop.Product, entries []casework.Entry) []step {
	way := []ocop.State{"idea_registered", "commune_confirmed", "plan_approved", "field_inspection", "council_scored", "certified"}
	if product.Track == "renewal" || product.Track == ocop.NoTrack && renewed(entries) {
		way = []ocop.State{"renewal", "field_inspection", "council_scored", "certified"}
	}
	return p.stepper(way, product.State, entries)
}

// stepper shows the states of a way, with the day on which each was reached
// since its first one.
func (p *page) stepper(way []ocop.State, state ocop.State, entries []casework.Entry) []step {
	if !slices.Contains(way, state) {
		way = append(way, state)
	}
	reached := map[ocop.State]string{}
	for _, e := range entries {
		if e.Kind != "move" || e.To == "" {
			continue
		}
		if ocop.State(e.To) == way[0] {
			clear(reached)
		}
		reached[ocop.State(e.To)] = ocop.DateOf(e.At).In(p.L())
	}
	now := slices.Index(way, state)
	var out []step
	for i, s := range way {
		x := step{Title: p.State(s), Now: i == now, Done: i < now && reached[s] != ""}
		if i <= now {
			x.On = reached[s]
		}
		out = append(out, x)
	}
	return out
}

func renewed(entries []casework.Entry) bool {
	for _, e := range slices.Backward(entries) {
		switch e.Event {
		case "begin_renewal":
			return e.Kind == "move"
		case "register", "begin_upgrade":
			return false
		}
	}
	return false
}

func (p *page) line(e casework.Entry) line {
	out := line{Kind: e.Kind, At: e.At.In(ocop.Hanoi).Format("15:04 ") + ocop.DateOf(e.At).In(p.L()), Comment: e.Comment, Hash: e.Hash, Index: *e.Index, Actor: e.ActorName}
	if e.Actor == ocop.System {
		out.Actor = p.T("system")
	}
	if e.ForName != "" {
		out.Actor += ", " + p.T("acting_for") + " " + e.ForName
	}
	if _, instead := e.Data["on_behalf_of"]; instead {
		out.Scan, _ = e.Data["scan"].(string)
	}
	out.Erased, out.Private = p.erased(e), e.Private && e.Event != "erase"
	out.Title = p.Event(e.Event)
	if e.To != "" && e.Kind == "move" && e.To != e.From {
		out.To = p.State(ocop.State(e.To))
	}
	out.Changes = append(p.correctedIn(e.Data), p.toldIn(e.Data)...)
	if symbol, ok := e.Data["symbol"].(string); ok {
		out.Changes = append(out.Changes, p.T("paper_number")+": "+symbol)
	}
	if e.Kind == "refusal" {
		out.Why = p.reasonsOf(e.Event, e.Data)
	}
	return out
}

// reasonsOf words the reasons that the entry of a refusal keeps.
func (p *page) reasonsOf(event string, data map[string]any) (out []string) {
	reasons, _ := data["reasons"].([]any)
	for _, r := range reasons {
		if m, ok := r.(map[string]any); ok {
			out = append(out, p.why(event, fmt.Sprint(m["code"]), fmt.Sprint(m["required"])))
		}
	}
	return out
}

// why words a reason that an entry keeps by its code.
func (p *page) why(event, code, required string) string {
	rules := p.newest()
	if code == "document_missing" {
		if d, ok := rules.Documents.Get(required); ok {
			return p.T("reason_document_missing") + ": " + d.Title.In(p.L())
		}
	}
	if text, ok := rules.reason(event, code); ok {
		return text.In(p.L())
	}
	if _, ok := messages["reason_"+code]; ok {
		return p.T("reason_" + code)
	}
	return code
}

func (s *Site) move(p *page) error {
	id, event := p.c.Param("id"), ocop.Event(p.Typed("event"))
	actions, err := s.Desk.Actions(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	ask := casework.Ask{Product: id, Actor: p.session.Actor, Event: event, Comment: p.Typed("comment"), Data: map[string]any{}, Key: p.key("move " + id)}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		ask.Version = &v
	}
	product, err := s.Desk.Product(p.ctx, p.session.Actor, id)
	if err != nil {
		return err
	}
	for _, a := range actions {
		if a.Event == event {
			for _, f := range a.Form {
				if v := p.value(f); v != nil {
					ask.Data[f.Name] = v
				}
			}
		}
	}
	err = p.inPlace(product.Producer.ID, id, func(b casework.OnBehalf) error {
		ask.OnBehalf = b
		_, errs := s.Desk.Try(p.ctx, []casework.Ask{ask})
		return errs[0]
	}, func(b casework.OnBehalf) error {
		ask.OnBehalf = b
		_, err := s.Desk.Move(p.ctx, ask)
		return err
	})
	if err != nil {
		return s.again(p, err, string(event))
	}
	return p.back("/products/"+url.PathEscape(id)+"?saved=1", "/products")
}

// again shows the product with what went wrong, keeping what was typed.
func (s *Site) again(p *page, err error, open string) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.NotFound {
		return err
	}
	p.status, p.Problem = httpx.Status(f), httpx.ProblemOf(f, p.L())
	return s.showProduct(p, open)
}

// value reads a form field as the JSON it stands for; nil when left empty.
func (p *page) value(f workflow.Field) any {
	text := strings.TrimSpace(p.Typed("data." + f.Name))
	if text == "" {
		return nil
	}
	switch f.Type {
	case workflow.FieldBool:
		return text == "true"
	case workflow.FieldInt:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case workflow.FieldInts:
		out := []any{}
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", ;\n\t", r) }) {
			n, err := strconv.ParseInt(word, 10, 64)
			if err != nil {
				return text // refused by the form's own check
			}
			out = append(out, n)
		}
		return out
	case workflow.FieldTexts:
		return listed(text, "\n")
	case workflow.FieldCodes:
		return listed(text, ",")
	}
	return text
}

func listed(text, sep string) []any {
	out := []any{}
	for part := range strings.SplitSeq(text, sep) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (s *Site) upload(p *page) error {
	id := p.c.Param("id")
	name, file, err := p.takeFile(id)
	if err == nil && name == "" {
		err = unreadable()
	}
	if err != nil {
		return s.again(p, err, "")
	}
	u := casework.Upload{Product: id, Kind: p.Typed("kind"), Name: name, Taken: file, Whole: p.Typed("whole") == "true", Replaces: p.Typed("replaces"), Actor: p.session.Actor}
	if p.Typed("on_behalf") != "" {
		u.OnBehalf = casework.OnBehalf{Producer: p.Typed("on_behalf"), Scan: p.Typed("scan")}
	}
	if u.ValidFrom, u.ValidTo, err = p.validity(); err != nil {
		return s.again(p, errors.Join(err, s.Desk.Vault.Settle(p.ctx, file)), "")
	}
	if _, err := s.Desk.AddDocument(p.ctx, u); err != nil {
		return s.again(p, err, "")
	}
	return p.back("/products/"+url.PathEscape(id)+"?saved=1", "/products")
}

func (s *Site) inspectionHeld(p *page) error {
	day, err := ocop.ParseDate(p.Typed("day"))
	if err != nil {
		return fault.New(fault.Invalid, "shape", "Ngày không hợp lệ.", "That is not a day.")
	}
	v := casework.Visit{HeldOn: &day, Actor: p.session.Actor}
	if n, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		v.Version = &n
	}
	i, err := s.Desk.RecordVisit(p.ctx, p.c.Param("id"), v)
	if err != nil {
		return err
	}
	return p.back("/products/"+url.PathEscape(i.Product)+"?saved=1", "/products")
}
