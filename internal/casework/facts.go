package casework

import (
	"slices"

	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// subject is where the dossier's product stands.
func (x *dossier) subject(r *workflow.Rules) workflow.Subject {
	p := x.product
	s := workflow.Subject{Track: p.Track, State: p.State, Version: p.Version,
		Places: map[workflow.Scope]ocop.Path{workflow.ScopeProducer: p.OwnerPath}, Acted: map[ocop.Event][]string{}}
	level := r.FirstLevel()
	if x.round != nil {
		s.Level, level = x.round.Level, x.round.Level
		for _, a := range x.acts {
			if a.Round == x.round.ID {
				s.Acted[a.Event] = append(s.Acted[a.Event], a.Actor)
			}
		}
	}
	for _, a := range x.acts {
		if a.Round == p.Round {
			s.Done = append(s.Done, workflow.Happened{Event: a.Event, Day: ocop.DateOf(a.At)})
		}
	}
	if p.Proposal != nil {
		s.Acted["propose_revocation"] = []string{p.Proposal.By}
	}
	if p.Commune != nil {
		s.Places[workflow.ScopeCommune] = p.Path.Upto(ocop.Commune)
	}
	s.Places[workflow.ScopeRound] = p.Path.Upto(ocop.UnitKind(level))
	s.Places[workflow.ScopeResult] = s.Places[workflow.ScopeRound]
	if x.round != nil && x.round.Data.Result != nil {
		if by := r.RecognisedBy(x.round.Data.Result.Stars); by != "" {
			s.Places[workflow.ScopeResult] = p.Path.Upto(ocop.UnitKind(by))
		}
	}
	return s
}

// facts are what guards may know of the dossier on a day.
func (x *dossier) facts(today ocop.Date, number string) workflow.Facts {
	f := make(workflow.Facts, 32) // it need not grow
	f["product.state"] = string(x.product.State)
	f["product.set"] = int64(x.product.Set)
	f["product.has_commune"] = x.product.Commune != nil
	f["documents.valid"] = x.validKinds(today)
	f["inspection.held"] = x.inspected(today)
	f["inspection.open_remedies"] = x.openRemedies()
	f["certificate.in_force"] = x.certificate != nil && x.certificate.InForce(today)
	f["certificate.number_free"] = !x.taken[number]
	f["proposal.open"] = x.product.Proposal != nil
	f["session.closed"] = x.round != nil && x.round.Data.Session != nil
	if k := x.product.Proposal; k != nil && k.ConcludedOn != nil {
		f["proposal.concluded_on"] = int64(*k.ConcludedOn)
	}
	if r := x.round; r != nil {
		f["round.target"] = int64(r.Data.Target)
		f["round.idea_accepted"] = r.Data.IdeaAccepted
		f["assessment.topics"] = int64(len(r.Data.Assessment))
		if r.Data.FiledOn != nil {
			f["round.filed_on"], f["round.late"] = int64(*r.Data.FiledOn), r.Data.Late
		}
		if k := r.Data.Session; k != nil {
			f["session.written"], f["session.chair_present"], f["session.entitled"] = k.Written, k.ChairPresent, k.Entitled
			f["session.sheets"], f["session.spread"] = k.Result.Members, k.Spread
		}
		if res := r.Data.Result; res != nil {
			f["result.stars"], f["result.band_stars"], f["result.floor_stars"] = int64(res.Stars), int64(res.BandStars), int64(res.FloorStars)
			f["result.sum"], f["result.members"], f["result.missed"] = res.Sum, res.Members, missedCodes(res.Missed)
			if day := x.scoredOn(); day != nil {
				f["result.given_on"] = int64(*day)
			}
		}
	}
	if k := x.certificate; k != nil {
		f["certificate.stars"], f["certificate.issued_on"], f["certificate.last_day"] = int64(k.Stars), int64(k.IssuedOn), int64(k.LastDay)
		if k.RevokedOn != nil {
			f["certificate.revoked_on"] = int64(*k.RevokedOn)
		}
	}
	return f
}

// scoredOn is the day on which the newest result of the round was put on record.
func (x *dossier) scoredOn() *ocop.Date {
	for _, a := range slices.Backward(x.acts) {
		if a.Round == x.round.ID && (a.Event == "score" || a.Event == "score_in_writing") {
			day := ocop.DateOf(a.At)
			return &day
		}
	}
	return nil
}

// missedCodes are the criteria that miss a floor, each once.
func missedCodes(list []ocop.Missed) []string {
	out := []string{}
	for _, m := range list {
		if !slices.Contains(out, m.Criterion) {
			out = append(out, m.Criterion)
		}
	}
	return out
}

// selfScoreKind is the document that a sheet filled in here stands for: the
// self-assessment report on paper.
const selfScoreKind = "self_score"

// validKinds are the kinds of documents that count today, sorted.
func (x *dossier) validKinds(today ocop.Date) []string {
	kinds := []string{}
	for _, d := range x.documents {
		if d.ValidOn(today) {
			kinds = append(kinds, d.Kind)
		}
	}
	if x.round != nil && x.round.Data.SelfScore != nil {
		kinds = append(kinds, selfScoreKind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// ours reports whether something belongs to the open round or the campaign.
func (x *dossier) ours(round, campaign string) bool {
	return x.round != nil && round == x.round.ID || x.product.Campaign != "" && campaign == x.product.Campaign
}

func (x *dossier) inspected(today ocop.Date) bool { return x.inspectedOn(today) != nil }

// inspectedOn is the day of the first inspection that was held; nil without one.
func (x *dossier) inspectedOn(today ocop.Date) (first *ocop.Date) {
	for _, i := range x.inspections {
		if i.HeldOn != nil && *i.HeldOn <= today && x.ours(i.Round, i.Campaign) && (first == nil || *i.HeldOn < *first) {
			first = i.HeldOn
		}
	}
	return first
}

func (x *dossier) openRemedies() int64 {
	var n int64
	for _, i := range x.inspections {
		if x.ours(i.Round, i.Campaign) {
			n += i.Open
		}
	}
	return n
}

// track is the one the product is in or, without a round, the one planned for it.
func (x *dossier) track() ocop.Track {
	if x.product.Track != ocop.NoTrack {
		return x.product.Track
	}
	if t, ok := x.plan.Tracks[x.product.Code]; ok {
		return t
	}
	return ocop.NoTrack
}
