package webhook

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/ledger"
	"ocopflow/internal/store"
)

// Ping is the type of an event that says nothing.
const Ping = "ping"

// Types are the types of events that a receiver can ask for.
var Types = []string{"deadline.escalate", "deadline.overdue", "deadline.remind", "duty.report", "petition.move", "petition.record", "product.certificate", "product.move", "product.record"}

// typePrefix names whose types they are, as CloudEvents asks.
const typePrefix = "vn.ocopflow."

// typeOf is the type of an entry's event, "" for one that is nobody's business
// outside: what time set again, refusals, and what stands in no stream of a
// product, a petition or a plan of a year. Whether a stream is a petition's is
// for subjects to find.
func typeOf(l store.Line) string {
	kind, id, _ := strings.Cut(l.Stream, ":")
	mark, marks := strings.CutPrefix(l.Event, "deadline_")
	mark = "deadline." + mark
	marks = marks && l.Kind == ledger.KindRecord && slices.Contains(Types, mark)
	switch {
	case kind == "product" && id != l.Product || kind != "product" && l.Product != "":
		return ""
	case marks:
		return mark
	case kind == "campaign":
		if l.Event == "report_duty" {
			return "duty.report"
		}
	case kind != "product":
		kind = "petition"
		fallthrough
	default:
		switch l.Kind {
		case ledger.KindMove:
			return kind + ".move"
		case ledger.KindRecord:
			return kind + ".record"
		case ledger.KindIssue:
			return "product.certificate"
		}
	}
	return ""
}

// event is a CloudEvent 1.0 in its JSON format.
type event struct {
	Specversion     string `json:"specversion"`
	ID              string `json:"id"`
	Source          string `json:"source"`
	Type            string `json:"type"`
	Subject         string `json:"subject,omitempty"`
	Time            string `json:"time"`
	Datacontenttype string `json:"datacontenttype"`
	Data            data   `json:"data"`
}

// data is what an event says. It holds no private value, and nothing that was
// typed: who needs more asks the API, as somebody.
type data struct {
	Entry       *int64       `json:"entry,omitempty"` // of the ledger
	Hash        string       `json:"hash,omitempty"`  // of the entry
	Product     *product     `json:"product,omitempty"`
	Petition    *petition    `json:"petition,omitempty"`
	Duty        *duty        `json:"duty,omitempty"`
	Event       string       `json:"event,omitempty"`
	From        string       `json:"from,omitempty"`
	To          string       `json:"to,omitempty"`
	Round       string       `json:"round,omitempty"`
	Track       string       `json:"track,omitempty"`
	Level       string       `json:"level,omitempty"`
	Deadline    *deadline    `json:"deadline,omitempty"`
	Certificate *certificate `json:"certificate,omitempty"`
}

type product struct {
	ID   string `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
	Unit string `json:"unit"`
}

type petition struct {
	ID        string `json:"id"`
	Code      string `json:"code"`
	Procedure string `json:"procedure"` // support, complaint
	Unit      string `json:"unit"`      // that decides
	Asker     string `json:"asker"`     // producer or commune
	Product   string `json:"product,omitempty"`
}

// duty is what a campaign asks of an organisation.
type duty struct {
	Campaign     string `json:"campaign"`
	Code         string `json:"code"`
	Organisation string `json:"organisation"`
	State        string `json:"state,omitempty"`
}

type deadline struct {
	ID      string `json:"id"`
	LastDay string `json:"last_day"`
}

type certificate struct {
	Number string `json:"number"`
	Stars  int64  `json:"stars"`
}

// told is what an event takes from an entry's bytes.
type told struct {
	From, To, Track, Level string
	Data                   map[string]any
}

// text and whole are a plain value of the data; what is committed to is none.
func (t told) text(name string) string { s, _ := t.Data[name].(string); return s }
func (t told) whole(name string) int64 { n, _ := t.Data[name].(float64); return int64(n) }

// telling reads what an entry says in its bytes.
func telling(l store.Line) (t told, err error) {
	if err = json.Unmarshal([]byte(l.Body), &t); err != nil {
		err = fmt.Errorf("entry %d: %w", l.Index, err)
	}
	return t, err
}

// write is the event of a delivery, as it is sent. It follows from the entry
// alone, but for the names of what it is about.
func (d *Desk) write(x store.Delivery, l *store.Line, s *subject) ([]byte, error) {
	e := event{Specversion: "1.0", ID: x.ID, Source: d.Source, Type: typePrefix + x.Type, Time: x.CreatedAt.UTC().Format(time.RFC3339Nano), Datacontenttype: "application/json"}
	if l == nil || s == nil {
		return json.Marshal(e)
	}
	t, err := telling(*l)
	if err != nil {
		return nil, err
	}
	_, about, _ := strings.Cut(l.Stream, ":")
	e.ID, e.Subject, e.Time = fmt.Sprint(l.Index), about, l.At.UTC().Format(time.RFC3339Nano)
	e.Data = data{Entry: &l.Index, Hash: hex.EncodeToString(l.Hash[:]), Product: s.product, Petition: s.petition, Duty: s.duty, Event: l.Event, From: t.From, To: t.To,
		Round: l.Round, Track: t.Track, Level: t.Level}
	switch {
	case strings.HasPrefix(x.Type, "deadline."):
		e.Data.Deadline = &deadline{t.text("deadline"), t.text("last_day")}
	case l.Kind == ledger.KindIssue:
		e.Data.Certificate = &certificate{t.text("number"), t.whole("stars")}
	}
	return json.Marshal(e)
}
