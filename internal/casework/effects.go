package casework

import (
	"fmt"
	"slices"
	"time"

	"ocopflow/internal/ledger"
	"ocopflow/internal/ocop"
	"ocopflow/internal/register"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// effect carries out one named consequence of a move.
func (c *change) effect(e workflow.Effect, x *dossier, rules *workflow.Rules, m *workflow.Move, ask Ask, now time.Time) error {
	today := ocop.DateOf(now)
	switch e {
	case workflow.OpenRound: // the arm's opens did it
	case workflow.AssignOfficer:
		c.round.Data.Officer = m.Form.String("officer")
	case workflow.AcceptIdea:
		c.round.Data.IdeaAccepted = true
	case workflow.FileDossier:
		c.fileDossier(x, rules, m, today)
	case workflow.RecordAssessment:
		c.round.Data.Assessment = rules.Assessment(m.Form)
	case workflow.PlanInspection:
		c.inspection = &store.Inspection{ID: NewID(), Product: c.product.ID, Round: c.round.ID, Campaign: c.product.Campaign,
			Day: *m.Form.Day("day"), ProvincialCouncil: m.Form.Bool("provincial_council"), Participants: m.Form.Codes("participants")}
	case workflow.RecordResult:
		r := c.round.Data.Session.Result
		c.round.Data.Result = &r
	case workflow.NextLevel:
		c.unscored(rules.NextLevel(c.round.Level))
	case workflow.FirstLevel:
		c.unscored(c.round.Data.Start)
	case workflow.Propose:
		c.product.Proposal = &ocop.Proposal{By: ask.Actor.ID, At: now, Ground: m.Form.String("ground"), Conclusion: m.Form.String("conclusion"), ConcludedOn: concluded(m.Form, today)}
	case workflow.SettleProposal:
		c.product.Proposal = nil
	case workflow.MarkRejected:
		c.product.Rejected = true
	case workflow.ImportCertificate:
		c.importCertificate(rules, m)
	case workflow.IssueCertificate:
		c.issue(x, rules, m, today)
	case workflow.RetireCertificate:
		k := register.Revoke(*x.certificate, *m.Form.Day("decided_on"))
		c.amended, c.product.Stars = &k, 0
	default:
		return fmt.Errorf("casework: no effect %q", e)
	}
	return nil
}

// unscored puts the round at a level that has not scored it yet; sessions that
// still run are over.
func (c *change) unscored(level ocop.Level) {
	c.round.Level, c.round.Data.Session, c.round.Data.Result, c.endsSessions = level, nil, nil, true
}

// fileDossier sets the filing day. One that was filed late lets the certificate
// run on past its term while the round lasts, as far as the procedure allows
// (Decision 26/2026, art. 12; only with the switch late_renewal).
func (c *change) fileDossier(x *dossier, rules *workflow.Rules, m *workflow.Move, today ocop.Date) {
	c.round.Data.FiledOn, c.round.Data.Late = &today, slices.Contains(m.Flags, workflow.FlagLate)
	if k := x.certificate; k != nil && c.round.Data.Late && rules.Certificate != nil && rules.Certificate.ExtendDays > 0 {
		extended := *k
		until := k.LastDay + ocop.Date(rules.Certificate.ExtendDays)
		extended.ExtendedTo = &until
		c.amended = &extended
	}
}

// concluded is the day that a proposal counts from: today, unless the form says
// another.
func concluded(form workflow.Form, today ocop.Date) *ocop.Date {
	if d := form.Day("concluded_on"); d != nil {
		return d
	}
	return &today
}

func (c *change) importCertificate(rules *workflow.Rules, m *workflow.Move) {
	issued := *m.Form.Day("issued_on")
	stars := int(m.Form.Int("stars"))
	c.hold(ocop.Certificate{
		Number: m.Form.String("number"), Product: c.product.ID, Stars: stars, Level: rules.RecognisedBy(stars),
		IssuedOn: issued, LastDay: rules.LastDay(issued), Assumed: m.Form.Bool("assumed"),
	})
	c.product.Assumed = c.product.Assumed || m.Form.Bool("assumed")
}

func (c *change) issue(x *dossier, rules *workflow.Rules, m *workflow.Move, today ocop.Date) {
	on := *m.Form.Day("decided_on")
	result := c.round.Data.Result
	k := ocop.Certificate{
		Number: m.Form.String("number"), Product: c.product.ID, Round: c.round.ID, Stars: result.Stars, Level: rules.RecognisedBy(result.Stars),
		Decision: m.Form.String("decision"), DecidedOn: &on, DecisionFile: m.Form.String("file"), IssuedOn: on, LastDay: rules.LastDay(on),
	}
	if old := x.certificate; old != nil && old.InForce(today) {
		s := register.Supersede(*old, k)
		c.amended = &s
	}
	c.hold(k)
}

// hold makes k the product's newest certificate, with an entry of its own.
func (c *change) hold(k ocop.Certificate) {
	c.issued, c.product.Certificate, c.product.Stars = &k, k.Number, k.Stars
	d := ledger.Draft{Stream: "product:" + c.product.ID, Kind: ledger.KindIssue, Event: "issue", Product: c.product.ID,
		Actor: ledger.Actor{ID: c.actor}, Data: register.Public(k, *c.product)}
	c.drafts = append(c.drafts, d)
}
