package audit

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ocopflow/internal/ledger"
	"ocopflow/internal/notary"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
)

// Formats that the history is exported in.
var Formats = []string{"jsonl", "csv", "xes", "ocel", "bundle"}

// exported is what an export reads out of an entry.
type exported struct {
	Time      string
	Actor     struct{ ID string }
	Kind      string
	Event     string
	From, To  string
	Track     string
	Level     string
	Procedure struct{ Name, Version string }
	Data      map[string]any
}

// each reads the entries in order, in pages.
func each(ctx context.Context, q sqldb.Querier, do func(store.Line) error) error {
	const page = 1000
	for from := int64(0); ; {
		lines, err := store.Lines(ctx, q, from, page)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := do(l); err != nil {
				return err
			}
			from = l.Index + 1
		}
		if len(lines) < page {
			return nil
		}
	}
}

// Export writes the whole history in a format, as it is at one moment: JSON
// Lines (an entry's canonical bytes each), CSV, XES (IEEE 1849: a trace for each
// product, its moves), OCEL 2.0 (JSON), or a bundle that can be checked offline.
func Export(ctx context.Context, n *notary.Notary, format string, w io.Writer) error {
	if _, err := n.Key(ctx); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	err := n.DB.Snapshot(ctx, func(q sqldb.Querier) error {
		switch format {
		case "jsonl":
			return each(ctx, q, func(l store.Line) error {
				_, err := fmt.Fprintln(out, l.Body)
				return err
			})
		case "csv":
			return writeCSV(ctx, q, out)
		case "xes":
			return writeXES(ctx, q, out)
		case "ocel":
			return writeOCEL(ctx, q, out)
		case "bundle":
			return writeBundle(ctx, n, q, out)
		}
		return fmt.Errorf("audit: no format %q", format)
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

func writeCSV(ctx context.Context, q sqldb.Querier, out io.Writer) error {
	w := csv.NewWriter(out)
	if err := w.Write([]string{"index", "time", "stream", "seq", "actor", "kind", "event", "from", "to", "product", "round", "track", "level", "procedure", "version", "hash"}); err != nil {
		return err
	}
	err := each(ctx, q, func(l store.Line) error {
		var e exported
		if err := json.Unmarshal([]byte(l.Body), &e); err != nil {
			return err
		}
		return w.Write([]string{strconv.FormatInt(l.Index, 10), e.Time, l.Stream, strconv.FormatInt(l.Seq, 10), l.Actor, l.Kind, l.Event, e.From, e.To,
			l.Product, l.Round, e.Track, e.Level, e.Procedure.Name, e.Procedure.Version, hexOf(l.Hash[:])})
	})
	w.Flush()
	if err != nil {
		return err
	}
	return w.Error()
}

// attribute of XES.
type attribute struct {
	XMLName xml.Name
	Key     string `xml:"key,attr"`
	Value   string `xml:"value,attr"`
}

func text(key, value string) attribute {
	return attribute{xml.Name{Local: "string"}, key, value}
}

const xesHead = xml.Header + `<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00.000Z"/><string key="org:resource" value=""/><string key="lifecycle:transition" value="complete"/></global>
<classifier name="Event" keys="concept:name"/>
`

// writeXES writes a trace for each product, with its moves as events.
func writeXES(ctx context.Context, q sqldb.Querier, out io.Writer) error {
	if _, err := io.WriteString(out, xesHead); err != nil {
		return err
	}
	x := xml.NewEncoder(out)
	products := store.TableNamed("products")
	err := store.Pages(ctx, q, products, func(rows [][]any) error {
		for _, row := range rows {
			id, code := products.Value(row, "id").(string), products.Value(row, "code").(string)
			if err := writeTrace(ctx, q, x, id, code); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, "\n</log>\n")
	return err
}

func writeTrace(ctx context.Context, q sqldb.Querier, x *xml.Encoder, product, code string) error {
	type event struct {
		XMLName    xml.Name `xml:"event"`
		Attributes []attribute
	}
	type trace struct {
		XMLName    xml.Name `xml:"trace"`
		Attributes []attribute
		Events     []event
	}
	t := trace{Attributes: []attribute{text("concept:name", code), text("product", product)}}
	const page = 1000
	for after := int64(-1); ; {
		lines, err := store.ProductLines(ctx, q, product, after, page)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if after = l.Index; l.Kind != ledger.KindMove {
				continue
			}
			var e exported
			if err := json.Unmarshal([]byte(l.Body), &e); err != nil {
				return err
			}
			t.Events = append(t.Events, event{Attributes: []attribute{text("concept:name", l.Event), {xml.Name{Local: "date"}, "time:timestamp", l.At.Format(time.RFC3339Nano)},
				text("org:resource", l.Actor), text("lifecycle:transition", "complete"), text("from", e.From), text("to", e.To), text("round", l.Round),
				{xml.Name{Local: "int"}, "index", strconv.FormatInt(l.Index, 10)}}})
		}
		if len(lines) < page {
			return x.Encode(t)
		}
	}
}

// ocel is an event of OCEL 2.0.
type ocelEvent struct {
	ID         string      `json:"id"`
	Type       string      `json:"type"`
	Time       string      `json:"time"`
	Attributes []ocelValue `json:"attributes"`
	Relations  []ocelRel   `json:"relationships"`
}

type ocelValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type ocelRel struct {
	Object    string `json:"objectId"`
	Qualifier string `json:"qualifier"`
}

type ocelObject struct {
	ID         string   `json:"id"`
	Type       string   `json:"type"`
	Attributes []string `json:"attributes"`
	Relations  []string `json:"relationships"`
}

type ocelType struct {
	Name       string          `json:"name"`
	Attributes []ocelAttribute `json:"attributes"`
}

type ocelAttribute struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// writeOCEL writes every entry as an event that is about its product, its round,
// its certificate, and what its stream is of, done by an account.
func writeOCEL(ctx context.Context, q sqldb.Querier, out io.Writer) error {
	objects, types := map[string]string{}, map[string]bool{}
	started := false
	if _, err := io.WriteString(out, `{"events":[`); err != nil {
		return err
	}
	err := each(ctx, q, func(l store.Line) error {
		var e exported
		if err := json.Unmarshal([]byte(l.Body), &e); err != nil {
			return err
		}
		v := ocelEvent{ID: fmt.Sprintf("e%d", l.Index), Type: l.Event, Time: l.At.Format(time.RFC3339Nano), Relations: []ocelRel{},
			Attributes: []ocelValue{{"kind", l.Kind}, {"from", e.From}, {"to", e.To}}}
		types[l.Event] = true
		relate := func(kind, id, qualifier string) {
			if id == "" {
				return
			}
			key := kind + ":" + id
			if r := (ocelRel{key, qualifier}); !slices.Contains(v.Relations, r) {
				objects[key] = kind
				v.Relations = append(v.Relations, r)
			}
		}
		relate("account", l.Actor, "actor")
		relate("product", l.Product, "product")
		relate("round", l.Round, "round")
		if number, ok := e.Data["number"].(string); ok && l.Kind == ledger.KindIssue {
			relate("certificate", number, "certificate")
		}
		if kind, id, ok := strings.Cut(l.Stream, ":"); ok {
			relate(kind, id, kind)
		}
		if started {
			if _, err := io.WriteString(out, ",\n"); err != nil {
				return err
			}
		}
		started = true
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		_, err = out.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	rest := struct {
		Objects     []ocelObject `json:"objects"`
		ObjectTypes []ocelType   `json:"objectTypes"`
		EventTypes  []ocelType   `json:"eventTypes"`
	}{[]ocelObject{}, []ocelType{}, []ocelType{}}
	kinds := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(objects)) {
		kinds[objects[id]] = true
		rest.Objects = append(rest.Objects, ocelObject{id, objects[id], []string{}, []string{}})
	}
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		rest.ObjectTypes = append(rest.ObjectTypes, ocelType{k, []ocelAttribute{}})
	}
	for _, k := range slices.Sorted(maps.Keys(types)) {
		rest.EventTypes = append(rest.EventTypes, ocelType{k, []ocelAttribute{{"kind", "string"}, {"from", "string"}, {"to", "string"}}})
	}
	b, err := json.Marshal(rest)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "],%s\n", b[1:])
	return err
}
