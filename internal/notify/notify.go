// Package notify says who is told what, and leaves to casework what there is to
// say. A notice is not written down: it is a mark (a reminder, an overdue mark,
// an escalation) read by somebody who holds one of the mark's roles where the
// product is, now. Grants and delegations that come or end therefore take their
// notices along, and nobody is told of a product that is not in view. What is
// kept is only how far each person has read. For those who gave an address it
// puts the same marks into mails, by their hours, and sees to it that they are
// sent; the talk with a mail server is package mail's.
package notify

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"ocopflow/internal/access"
	"ocopflow/internal/accounts"
	"ocopflow/internal/casework"
	"ocopflow/internal/commit"
	"ocopflow/internal/fault"
	"ocopflow/internal/mail"
	"ocopflow/internal/ocop"
	"ocopflow/internal/petition"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Most is where counting unread notices stops.
const Most = 100

// Desk hands people their notices.
type Desk struct {
	DB        *sqldb.DB
	Committer *commit.Committer
	People    *accounts.People
	Cases     *casework.Desk
	Clock     func() time.Time
	Mail      *mail.Server // nil when no mail is sent
	Base      string       // address of the pages, for links in mails
	Log       *slog.Logger
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Notice is what was said to a person.
type Notice struct {
	store.Notice
	About *About `json:"about,omitempty" doc:"of a petition or of an organisation's duty, in place of a product"`
	Read  bool   `json:"read"`
}

// About is what a notice is about that is about no product.
type About struct {
	Name  string    `json:"name"`
	Title ocop.Text `json:"title"`
	Page  string    `json:"page"`
	Paper bool      `json:"paper,omitempty" doc:"a paper that was sent to the reader: no deadline"`
	due   *casework.MatterDue
	void  bool // a paper whose line is void
}

// filter of an actor's notices.
func filter(a access.Actor, f store.NoticeFilter) store.NoticeFilter {
	f.Actor, f.Petitions = a, petition.ViewOf(a)
	return f
}

// about finds what notices of petitions and duties are about, by their matter and
// deadline.
func (d *Desk) about(ctx context.Context, list []store.Notice) (map[[2]string]*About, error) {
	var streams, ids, papers []string
	for _, n := range list {
		if id, ok := strings.CutPrefix(n.Matter, store.PaperMatter); ok {
			papers = append(papers, id)
		} else if n.Matter != "" {
			streams, ids = append(streams, n.Matter), append(ids, store.PetitionOf(n.Matter))
		}
	}
	out := map[[2]string]*About{}
	if err := d.papers(ctx, papers, out); err != nil || len(streams) == 0 {
		return out, err
	}
	known, err := d.Cases.MattersOf(ctx, d.DB, streams, d.Clock())
	if err != nil {
		return nil, err
	}
	petitions, err := store.Petitions(ctx, d.DB, ids)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		if n.Matter == "" || strings.HasPrefix(n.Matter, store.PaperMatter) {
			continue
		}
		x := &About{Title: ocop.Text{Vi: "Thời hạn của bước đã qua", En: "A deadline of a step that is over"}}
		if over := petitions[store.PetitionOf(n.Matter)]; over != nil {
			x.Name, x.Page = over.Code+" · "+over.Asker.Name, petition.Page(n.Matter)
		}
		if m := known[n.Matter]; m != nil {
			x.Name, x.Page = m.Name, m.Page
			for _, due := range m.Dues {
				if due.ID == n.Deadline {
					x.Title, x.due = due.Title, &due
					if due.Of != "" {
						x.Name = due.Of
					}
				}
			}
		}
		out[[2]string{n.Matter, n.Deadline}] = x
	}
	return out, nil
}

// papers tells which papers notices are about: those that were sent.
func (d *Desk) papers(ctx context.Context, ids []string, out map[[2]string]*About) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := store.PapersByID(ctx, d.DB, ids)
	for id, p := range found {
		name := p.Symbol
		if name == "" {
			name = fmt.Sprintf("%d/%d", p.Number, p.Year)
		}
		out[[2]string{store.PaperMatter + id, "paper"}] = &About{Name: name + " · " + p.Unit.Name, Title: ocop.Text{Vi: p.Summary, En: p.Summary}, Page: "/correspondence/" + id, Paper: true, void: p.Void()}
	}
	return err
}

// List gives the actor's notices, newest first, from before an entry; 0 is the newest.
func (d *Desk) List(ctx context.Context, a access.Actor, before int64, limit int) ([]Notice, error) {
	read, err := store.ReadUpTo(ctx, d.DB, a.ID)
	if err != nil {
		return nil, err
	}
	found, err := store.Notices(ctx, d.DB, filter(a, store.NoticeFilter{Before: before, Since: -1, Limit: limit}))
	if err != nil {
		return nil, err
	}
	about, err := d.about(ctx, found)
	out := make([]Notice, len(found))
	for i, n := range found {
		out[i] = Notice{n, about[[2]string{n.Matter, n.Deadline}], n.Entry <= read}
	}
	return out, err
}

// Unread counts what the actor has not read, up to Most.
func (d *Desk) Unread(ctx context.Context, a access.Actor) (int, error) {
	read, err := store.ReadUpTo(ctx, d.DB, a.ID)
	if err != nil {
		return 0, err
	}
	return store.CountNotices(ctx, d.DB, filter(a, store.NoticeFilter{Since: read, Limit: Most}))
}

// Read marks the actor's notices up to an entry as read. It stops at the newest
// there is, so that nobody reads what is still to be said. It is no act: how far
// somebody has read is of no concern to an auditor.
//
// Faults: entry_wrong (Invalid).
func (d *Desk) Read(ctx context.Context, a access.Actor, upTo int64) error {
	if upTo < 0 || upTo >= 1<<53 {
		return fault.New(fault.Invalid, "entry_wrong", "Số thứ tự bản ghi chưa đúng: hãy dùng số của thông báo mới nhất đã đọc.", "The entry is not right: give that of the newest notice read.")
	}
	newest, err := store.Notices(ctx, d.DB, filter(a, store.NoticeFilter{Before: upTo + 1, Since: -1, Limit: 1}))
	if err != nil || len(newest) == 0 {
		return err
	}
	return d.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.ReadNotices(ctx, tx, a.ID, newest[0].Entry, d.Clock())
	})
}
