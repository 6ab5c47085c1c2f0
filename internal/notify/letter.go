package notify

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	html "html/template"
	"slices"
	"strings"
	text "text/template"
	"time"
	"unicode"

	"ocopflow/internal/access"
	"ocopflow/internal/calendar"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/mail"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

//go:embed letters
var letters embed.FS

var (
	asText = text.Must(text.ParseFS(letters, "letters/letter.txt"))
	asHTML = html.Must(html.ParseFS(letters, "letters/letter.html"))
)

// mostTold bounds what one mail tells; the rest is behind its link.
const mostTold = 50

// sheet is what a letter says.
type sheet struct {
	Lang    ocop.Lang
	Subject string
	Lead    string
	Items   []item
	More    string
	Link    string // to what the letter is about
	Button  string
	Foot    []string
	Settings,
	Unsubscribe string
	Words words
}

// item is one deadline in a letter.
type item struct {
	Late    bool
	Sent    bool // a paper, with the day on which it was sent
	Kind    string
	Product string
	Title   string
	Day     string
	Note    string
	Link    string
}

// words of a letter that do not depend on what it says.
type words struct{ LastDay, Sent, Open, Settings, Unsubscribe string }

var letterWords = map[ocop.Lang]words{
	ocop.Vi: {"Ngày cuối", "Ngày gửi", "Mở trong chương trình", "Đổi cách nhắc", "Thôi nhận thư nhắc"},
	ocop.En: {"Last day", "Sent on", "Open in the program", "Change how you are reminded", "Stop reminders by mail"},
}

// say picks a sentence.
func say(lang ocop.Lang, vi, en string) string { return ocop.Text{Vi: vi, En: en}.In(lang) }

// write is the letter of a mail; nil when it has nothing to say any more, and a
// wait when this is no hour for it.
func (d *Desk) write(ctx context.Context, m store.Mail) (*mail.Letter, time.Duration, error) {
	c, err := store.ContactOf(ctx, d.DB, m.Account)
	if err != nil || c == nil || c.Address == "" {
		return nil, 0, err
	}
	a, ok, err := d.People.ActingAs(ctx, m.Account)
	if err != nil || !ok {
		return nil, 0, err
	}
	var s *sheet
	switch m.Kind {
	case store.MailConfirm:
		s, err = d.confirmation(*c, m)
	case store.MailReminder, store.MailDigest:
		if c.VerifiedAt == nil || c.Delivery == store.DeliverNone {
			return nil, 0, nil
		}
		if d.quiet(*c, d.Clock()) {
			return nil, quietStep, nil
		}
		s, err = d.reminder(ctx, *c, a, m)
	case store.MailWebhook:
		if c.VerifiedAt != nil {
			s = d.switchedOff(*c, m)
		}
	}
	if err != nil || s == nil {
		return nil, 0, err
	}
	l, err := d.letter(*s, *c, m)
	return l, 0, err
}

// quietStep is when a mail that fell into quiet hours is looked at again.
const quietStep = 10 * time.Minute

func (d *Desk) letter(s sheet, c store.Contact, m store.Mail) (*mail.Letter, error) {
	s.Lang, s.Words = c.Lang, letterWords[c.Lang]
	var plain, rich bytes.Buffer
	if err := asText.Execute(&plain, s); err != nil {
		return nil, fmt.Errorf("letter: %w", err)
	}
	if err := asHTML.Execute(&rich, s); err != nil {
		return nil, fmt.Errorf("letter: %w", err)
	}
	return &mail.Letter{ID: d.Mail.ID(m.ID), To: c.Address, Subject: oneLine(s.Subject), Text: plain.String(), HTML: rich.String(), At: m.CreatedAt,
		Lang: string(c.Lang), Unsubscribe: s.Unsubscribe}, nil
}

// oneLine is a text that cannot end a header.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }), " ")
}

func (d *Desk) confirmation(c store.Contact, m store.Mail) (*sheet, error) {
	if c.VerifiedAt != nil || m.About != store.SHA256(c.Address) {
		return nil, nil // it was confirmed, or another address was given since
	}
	ticket, err := d.People.Ticket("mail address", owner(c), confirmLife)
	return &sheet{
		Subject: say(c.Lang, "[OCOP] Xác nhận địa chỉ thư", "[OCOP] Confirm your address"),
		Lead: say(c.Lang, "Tài khoản "+m.Name+" của hệ thống OCOP xin nhận thư nhắc việc ở địa chỉ này. Nếu đúng là bạn, hãy xác nhận trong 48 giờ. Nếu không, hãy bỏ qua thư này: địa chỉ sẽ không nhận thêm thư nào.",
			"The account "+m.Name+" of the OCOP system asks for reminders at this address. If that is you, confirm within 48 hours. If not, ignore this letter: nothing more will be sent here."),
		Link: d.Base + "/settings/reminders/confirm?ticket=" + ticket, Button: say(c.Lang, "Xác nhận địa chỉ", "Confirm the address"),
	}, err
}

func (d *Desk) switchedOff(c store.Contact, m store.Mail) *sheet {
	return &sheet{
		Subject: say(c.Lang, "[OCOP] Một webhook đã bị tắt", "[OCOP] A webhook was switched off"),
		Lead: say(c.Lang, "Nơi nhận của một webhook do bạn đăng ký không nhận được sự kiện nào trong nhiều ngày, nên webhook đã bị tắt. Các sự kiện chưa nhận vẫn được giữ; bật lại thì chúng được gửi tiếp.",
			"The receiver of a webhook that you registered took no event for days, so that it was switched off. Events that were not taken are kept, and are sent once it is switched on again."),
		Link: d.Base + "/webhooks/" + m.About, Button: say(c.Lang, "Xem webhook", "See the webhook"),
	}
}

// reminder tells of marks whose deadlines are still open and whose products the
// reader may still see.
func (d *Desk) reminder(ctx context.Context, c store.Contact, a access.Actor, m store.Mail) (*sheet, error) {
	said, err := store.Notices(ctx, d.DB, filter(a, store.NoticeFilter{Since: m.Since, Before: m.UpTo + 1, Limit: mostTold + 1}))
	if err != nil {
		return nil, err
	}
	s := &sheet{Settings: d.Base + "/settings/reminders", Link: d.Base + "/notices", Button: say(c.Lang, "Xem tất cả thông báo", "See all notices")}
	if len(said) > mostTold {
		said, s.More = said[:mostTold], say(c.Lang, "Còn nữa: xem trong chương trình.", "There is more: see the program.")
	}
	about, err := d.about(ctx, said)
	if err != nil {
		return nil, err
	}
	open := map[string][]calendar.Due{}
	told := map[[2]string]bool{}
	for _, n := range said {
		of := [2]string{n.Product + n.Matter, n.Deadline}
		if told[of] {
			continue // the newest word about a deadline is enough
		}
		told[of] = true
		if n.Matter != "" {
			x := about[of]
			if x != nil && x.Paper && !x.void {
				s.Items = append(s.Items, item{Kind: say(c.Lang, "Văn bản gửi đến", "A paper for you"), Product: x.Name, Title: x.Title.In(c.Lang), Day: n.LastDay.In(c.Lang), Sent: true, Link: d.Base + x.Page})
				continue
			}
			if x != nil && x.due != nil && !x.due.Met && x.due.LastDay == n.LastDay {
				s.Items = append(s.Items, d.item(c.Lang, n, x.due.Due, x.Name, x.Page))
			}
			continue
		}
		if _, known := open[n.Product]; !known {
			if open[n.Product], err = d.open(ctx, a, n.Product); err != nil {
				return nil, err
			}
		}
		i := slices.IndexFunc(open[n.Product], func(due calendar.Due) bool { return due.ID == n.Deadline && due.LastDay == n.LastDay })
		if i >= 0 {
			s.Items = append(s.Items, d.item(c.Lang, n, open[n.Product][i], n.Name, "/products/"+n.Product))
		}
	}
	if len(s.Items) == 0 {
		return nil, nil
	}
	token, err := d.People.Seal("unsubscribe", owner(c))
	s.Unsubscribe = d.Base + "/unsubscribe/" + token
	s.Subject, s.Lead = heading(c.Lang, m.Kind, s.Items)
	return s, err
}

// open are the deadlines of a product that are not met.
func (d *Desk) open(ctx context.Context, a access.Actor, product string) ([]calendar.Due, error) {
	dues, _, err := d.Cases.Deadlines(ctx, a, product)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return slices.DeleteFunc(dues, func(due calendar.Due) bool { return due.Met }), err
}

func (d *Desk) item(lang ocop.Lang, n store.Notice, due calendar.Due, name, page string) item {
	kinds := map[store.TimerKind]ocop.Text{store.TimerRemind: {Vi: "Sắp đến hạn", En: "Coming up"}, store.TimerOverdue: {Vi: "Quá hạn", En: "Overdue"},
		store.TimerEscalate: {Vi: "Quá hạn, báo cấp trên", En: "Overdue, escalated"}}
	out := item{Late: n.Kind != store.TimerRemind, Kind: kinds[n.Kind].In(lang), Product: name, Title: due.Title.In(lang), Day: n.LastDay.In(lang), Link: d.Base + page}
	if strings.HasPrefix(due.ID, casework.DecisionPrefix) {
		out.Kind = say(lang, "Chờ bản ký quyết định", "Signed original awaited")
	}
	if strings.HasPrefix(due.ID, casework.WarningPrefix) {
		out.Kind, out.Late = say(lang, "Giấy chứng nhận sắp hết hạn", "A certificate ends"), strings.HasSuffix(due.ID, ":late")
	}
	if due.Lapses {
		out.Kind = say(lang, "Giấy tờ sắp hết hiệu lực", "A document lapses soon")
		if out.Late {
			out.Kind = say(lang, "Giấy tờ đã hết hiệu lực", "A document has lapsed")
		}
	}
	if out.Note = due.Note.In(lang); !due.Verified {
		out.Note = say(lang, "thời hạn này chưa được đối chiếu với văn bản", "this deadline was not checked against a source")
	}
	return out
}

func heading(lang ocop.Lang, kind store.MailKind, items []item) (subject, lead string) {
	late, papers := 0, 0
	for _, i := range items {
		if i.Late {
			late++
		}
		if i.Sent {
			papers++
		}
	}
	dues := len(items) - papers
	var parts []string
	if dues > 0 {
		parts = append(parts, say(lang, fmt.Sprintf("%d thời hạn, %d đã quá hạn", dues, late), fmt.Sprintf("%d deadlines, %d overdue", dues, late)))
	}
	if papers > 0 {
		parts = append(parts, say(lang, fmt.Sprintf("%d văn bản gửi đến", papers), fmt.Sprintf("%d papers for you", papers)))
	}
	subject = "[OCOP] " + strings.Join(parts, ", ")
	if len(items) == 1 {
		i := items[0]
		subject = "[OCOP] " + i.Kind + ": " + i.Product + " – " + i.Title
	}
	switch {
	case dues == 0:
		return subject, say(lang, "Văn bản đã gửi đến bạn:", "Papers that were sent to you:")
	case kind == store.MailDigest:
		return subject, say(lang, "Các thời hạn cần xem trong ngày:", "The deadlines of the day:")
	}
	return subject, say(lang, "Thời hạn thuộc phần việc của bạn:", "Deadlines that are yours to see to:")
}
