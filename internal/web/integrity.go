package web

import (
	"strconv"
	"strings"

	"ocopflow/internal/inspect"
	"ocopflow/internal/notary"
)

type integrityBody struct {
	Origin, Size, Root string
	Checkpoint, Key    string
	Restores           int
	From, To           string // as typed
	Growth             *notary.Growth
}

// integrity shows the signed tree head, and proves that the ledger grew from one
// size to another.
func (s *Site) integrity(p *page) error {
	note, err := s.Notary.Checkpoint(p.ctx)
	if err != nil {
		return err
	}
	b := integrityBody{Checkpoint: string(note), From: p.c.Query("from"), To: p.c.Query("to")}
	if lines := strings.SplitN(string(note), "\n", 4); len(lines) == 4 {
		b.Origin, b.Size, b.Root = lines[0], lines[1], lines[2]
	}
	if b.Key, err = s.Notary.Key(p.ctx); err != nil {
		return err
	}
	if b.Restores, err = s.Inspector.Restores(p.ctx); err != nil {
		return err
	}
	if b.From != "" {
		from, _ := strconv.ParseInt(b.From, 10, 64) // what is no number is no size, and refused as one
		to, _ := strconv.ParseInt(b.To, 10, 64)
		g, err := s.Notary.Consistency(p.ctx, from, to)
		if err == nil {
			b.Growth = &g
		} else if err = p.wrong(err); err != nil {
			return err
		}
	}
	return p.show("integrity", p.T("integrity"), b)
}

type flagsBody struct {
	Filter inspect.FlagFilter
	Kinds  []choice
	Groups []flagGroup
	Total  int
}

type flagGroup struct {
	Kind  inspect.FlagKind
	Items []inspect.Flag
	More  int // that are not shown
}

// maxFlags bounds how many of a kind are shown at once; the filter shows fewer.
const maxFlags = 100

func (s *Site) flags(p *page) error {
	b := flagsBody{Filter: inspect.FlagFilter{Kind: p.c.Query("kind"), Unit: p.c.Query("unit"), Since: p.c.Query("since")}}
	list, err := s.Inspector.Flags(p.ctx, p.session.Actor, b.Filter)
	if err != nil {
		if err = p.wrong(err); err != nil {
			return err
		}
	}
	b.Total = len(list)
	for _, k := range inspect.FlagKinds {
		g := flagGroup{Kind: k}
		for _, f := range list {
			if f.Kind != k {
				continue
			}
			if len(g.Items) == maxFlags {
				g.More++
				continue
			}
			g.Items = append(g.Items, f)
		}
		b.Kinds = append(b.Kinds, choice{string(k), p.T("flag_" + string(k)), int64(len(g.Items) + g.More)})
		if len(g.Items) > 0 {
			b.Groups = append(b.Groups, g)
		}
	}
	return p.show("flags", p.T("flags"), b)
}
