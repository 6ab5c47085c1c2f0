package clerk

import (
	"context"
	"slices"

	"ocopflow/internal/access"
	"ocopflow/internal/ending"
	"ocopflow/internal/ocop"
	"ocopflow/internal/paper"
)

// EndingLetter asks for a letter about certificates that end.
type EndingLetter struct {
	Heading
	Warning      string
	Certificates []string
	Contact      string
}

// EndingLetter draws up the letter: its days are those of the certificates, what it
// rests on is the rule's.
//
// Faults: not_found; who_may_not (Forbidden); paper_wrong, warning_wrong (Invalid).
func (d *Desk) EndingLetter(ctx context.Context, a access.Actor, l EndingLetter, lang ocop.Lang) (paper.Document, error) {
	u, err := d.unit(ctx, a, l.Unit, makers["ending_letter"])
	if err != nil {
		return paper.Document{}, err
	}
	head, err := d.head(u, l.Heading, d.year(), lang)
	if err != nil {
		return paper.Document{}, err
	}
	bad := wrong()
	if line(bad, "body.contact", l.Contact); len(bad.Fields) > 0 {
		return paper.Document{}, bad
	}
	items, err := d.Endings.Pick(ctx, a, l.Warning, l.Certificates)
	if err != nil {
		return paper.Document{}, err
	}
	return d.Write(ctx, u.Path, "ending_letter", lang, endingOf(head, items, l.Contact, lang))
}

func endingOf(head paper.Head, items []ending.Warned, contact string, lang ocop.Lang) paper.EndingLetter {
	rule := items[0].Rule()
	out := paper.EndingLetter{Head: head, Act: rule.Legal, Unverified: !rule.Verified, Count: len(items), Contact: contact}
	if rule.Window != nil {
		out.Window, out.From, out.Until = true, -rule.Window.From, -rule.Window.To
	}
	for i, x := range items {
		if !slices.Contains(out.To, x.Producer.Name) {
			out.To = append(out.To, x.Producer.Name)
		}
		k := paper.EndingCertificate{Number: i + 1, Name: x.Product.Name, Producer: x.Producer.Name, Certificate: x.Certificate, Stars: x.Stars, Issued: x.IssuedOn.In(lang), LastDay: x.LastDay.In(lang)}
		if x.Commune != nil {
			k.Place = x.Commune.Name
		}
		if x.Window != nil {
			k.Opens, k.Closes = x.Window.From.In(lang), x.Window.To.In(lang)
		}
		out.Certificates = append(out.Certificates, k)
	}
	return out
}
