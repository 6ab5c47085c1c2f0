package casework

import (
	"fmt"
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
		c.round.Data.FiledOn = &today
	case workflow.PlanInspection:
		c.inspection = &store.Inspection{ID: NewID(), Product: c.product.ID, Round: c.round.ID, Campaign: c.product.Campaign,
			Day: *m.Form.Day("day"), ProvincialCouncil: m.Form.Bool("provincial_council"), Participants: m.Form.Codes("participants")}
	case workflow.RecordResult:
		r := rules.Result(c.round.Level, m.Form.Ints("totals"), int(m.Form.Int("floor_stars")), m.Form.Codes("missed"))
		c.round.Data.Result = &r
	case workflow.NextLevel:
		c.round.Level, c.round.Data.Result = rules.NextLevel(c.round.Level), nil
	case workflow.FirstLevel:
		c.round.Level, c.round.Data.Result = c.round.Data.Start, nil
	case workflow.Propose:
		c.product.Proposal = &ocop.Proposal{By: ask.Actor.ID, At: now, Ground: m.Form.String("ground"), Conclusion: m.Form.String("conclusion")}
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
		c.retired, c.product.Stars = &k, 0
	default:
		return fmt.Errorf("casework: no effect %q", e)
	}
	return nil
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
		c.retired = &s
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
