package announce

import (
	"ocopflow/internal/clerk"
	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
	"ocopflow/internal/workflow"
)

var levels = map[ocop.Level]ocop.Text{"commune": {Vi: "cấp xã", En: "commune"}, "district": {Vi: "cấp huyện", En: "district"}, "province": {Vi: "cấp tỉnh", En: "province"}, "ministry": {Vi: "cấp trung ương", En: "ministry"}}

func levelIn(l ocop.Level, lang ocop.Lang) string {
	if t, ok := levels[l]; ok {
		return t.In(lang)
	}
	return string(l)
}

// data is what stands in a notice that is sent, which is written in Vietnamese.
func (d *Desk) data(r Scored, unit *ocop.Unit, today ocop.Date) paper.ResultNotice {
	return d.dataIn(r, unit, today, ocop.Vi)
}

func (d *Desk) dataIn(r Scored, unit *ocop.Unit, today ocop.Date, lang ocop.Lang) paper.ResultNotice {
	p, x := r.standing.Product, r.session.Result.Result
	out := paper.ResultNotice{
		Head: paper.Head{Parent: clerk.Issuer(unit, lang), Issuer: ocop.Text{Vi: "Văn phòng Điều phối nông thôn mới", En: "Coordination office"}.In(lang), Place: paper.PlaceOf(unit.Name.Vi),
			Day: today.String(), Year: today.Year()},
		Product: p.Name, Code: p.Code, Producer: p.Producer.Name, Set: r.session.Set, Council: r.council.Name, Level: levelIn(r.Level, lang), HeldOn: r.HeldOn.In(lang), Sheets: int(x.Members),
		Mean: paper.Decimals(x.Mean, lang), BandStars: x.BandStars, FloorStars: x.FloorStars, Stars: x.Stars}
	if p.Commune != nil {
		out.Commune = p.Commune.Name
		out.To = append(out.To, clerk.Issuer(&ocop.Unit{Kind: ocop.Commune, Name: ocop.Text{Vi: p.Commune.Name, En: p.Commune.Name}}, lang))
	}
	out.To = append(out.To, p.Producer.Name)
	rules := d.Library.Pinned(r.session.Procedure, r.session.Rules)
	if rules == nil {
		rules = r.standing.Rules
	}
	set := criteria.BuiltIn(rules.Criteria)[r.session.Set]
	for _, m := range x.Missed {
		if m.Floor > x.BandStars {
			continue // the points do not reach there either
		}
		floor := paper.MissedFloor{Criterion: m.Criterion, Stars: m.Floor, Have: int(m.Have), Need: int(m.Need)}
		if set != nil {
			if c, ok := set.Criterion(m.Criterion); ok {
				floor.Name = c.Name.In(lang)
			}
		}
		out.Missed = append(out.Missed, floor)
	}
	for _, k := range x.KnockedOut {
		out.KnockedOut = append(out.KnockedOut, k.Code)
	}
	follows(&out, r, rules, lang)
	d.complaint(&out, today)
	return out
}

// follows says what comes after the result: it was recognised, forwarded, will be
// forwarded, is put before who decides, or does not suffice.
func follows(out *paper.ResultNotice, r Scored, rules *workflow.Rules, lang ocop.Lang) {
	out.From = 3
	if rules.Certificate != nil {
		out.From = rules.Certificate.RecognisedFrom
	}
	x := r.session.Result.Result
	next := rules.NextLevel(r.Level)
	switch i := rules.LevelIndex(r.Level); {
	case r.k != nil:
		out.Recognised, out.Stars, out.Certificate, out.Decision, out.LastDay = true, r.k.Stars, r.k.Number, r.k.Decision, r.k.LastDay.In(lang)
		if r.k.DecidedOn != nil {
			out.DecidedOn = r.k.DecidedOn.In(lang)
		}
	case r.standing.Round != nil && r.standing.Round.ID == r.session.Round && rules.LevelIndex(r.standing.Round.Level) > i:
		out.Forwarded = levelIn(r.standing.Round.Level, lang)
	case i >= 0 && rules.Levels[i].ForwardsFrom > 0 && x.Sum >= int64(rules.Levels[i].ForwardsFrom)*x.Members && x.Members > 0 && next != "" && next != r.Level:
		out.Forwards = levelIn(next, lang)
	case x.Stars >= out.From:
		out.Decides = levelIn(rules.RecognisedBy(x.Stars), lang)
	}
}

// complaint takes the time to complain, with its mark, from the procedure of
// complaints; without one the notice says nothing of it.
func (d *Desk) complaint(out *paper.ResultNotice, today ocop.Date) {
	rules, err := d.Library.InForce("complaint", today)
	if err != nil {
		return
	}
	t, ok := rules.Transitions.Get("complain")
	if !ok || len(t.Window) == 0 || t.Window[0].To == nil {
		return
	}
	w := t.Window[0]
	out.Days, out.Act, out.Unverified = *w.To, w.Legal, !w.Verified
}
