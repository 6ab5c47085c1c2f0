package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"ocopflow/internal/campaign"
	"ocopflow/internal/casework"
)

// editBody is a plan to be changed: as a file, or one of its parts in rows.
type editBody struct {
	Code    string
	Version int64
	Text    string // the whole file
	Part    string
	Columns []column
	Rows    []planRow
}

// Parts of a plan that have a form of their own.
func (editBody) Parts() []string { return planParts }

var planParts = []string{"settings", "products", "deadlines", "targets", "duties", "expectations", "participants", "conflicts"}

// column is a field of the rows of a part: where it lies in the data, how it is
// typed, and what can be chosen.
type column struct {
	Path    string
	Kind    string // text, wide, number, date, list, tick, choice
	Choices []string
}

// Title is the word for a column, by its place in the data.
func (c column) Title(p *page) string { return p.T("plan_" + strings.ReplaceAll(c.Path, ".", "_")) }

var planColumns = map[string][]column{
	"settings":     {{Path: "title.vi", Kind: "wide"}, {Path: "title.en", Kind: "wide"}, {Path: "counting", Kind: "choice", Choices: []string{"", "net", "gross"}}},
	"products":     {{Path: "code"}, {Path: "plan.track", Kind: "choice", Choices: tracks}, {Path: "plan.target", Kind: "number"}},
	"deadlines":    {{Path: "code"}, {Path: "title.vi", Kind: "wide"}, {Path: "title.en", Kind: "wide"}, {Path: "wording", Kind: "wide"}, {Path: "kind", Kind: "choice", Choices: []string{"before", "by"}}, {Path: "date", Kind: "date"}, {Path: "tracks", Kind: "list"}, {Path: "who", Kind: "list"}, {Path: "meets.events", Kind: "list"}, {Path: "meets.documents", Kind: "list"}, {Path: "meets.duty"}, {Path: "meets.inspection", Kind: "tick"}},
	"targets":      {{Path: "code"}, {Path: "title.vi", Kind: "wide"}, {Path: "title.en", Kind: "wide"}, {Path: "stars", Kind: "number"}, {Path: "exactly", Kind: "tick"}, {Path: "more", Kind: "number"}, {Path: "baseline", Kind: "number"}, {Path: "unit"}},
	"duties":       {{Path: "code"}, {Path: "unit"}, {Path: "title.vi", Kind: "wide"}, {Path: "title.en", Kind: "wide"}, {Path: "deadline"}, {Path: "about"}, {Path: "only", Kind: "list"}, {Path: "tracks", Kind: "list"}, {Path: "record", Kind: "choice", Choices: []string{"", "training", "support_plan"}}},
	"expectations": {{Path: "unit"}, {Path: "track", Kind: "choice", Choices: tracks}, {Path: "stars", Kind: "number"}, {Path: "count", Kind: "number"}},
	"participants": {{Path: "code"}},
	"conflicts":    {{Path: "code"}, {Path: "between", Kind: "list"}, {Path: "note.vi", Kind: "wide"}, {Path: "note.en", Kind: "wide"}},
}

var tracks = []string{"first", "upgrade", "renewal"}

// planRow is one row of a part: its data, shown by columns.
type planRow struct {
	N    int
	data map[string]any
}

// Row is the row's number as people count.
func (r planRow) Row() int { return r.N + 1 }

// PlanChoice is the word for a choice of a column.
func (p *page) PlanChoice(path, value string) string {
	switch path {
	case "counting":
		return p.T("counting_" + cmp.Or(value, "open"))
	case "record":
		return p.T("record_" + cmp.Or(value, "none"))
	case "kind":
		return p.T("kind_" + value)
	}
	return p.Track(value)
}

// Value of a column as it is typed.
func (r planRow) Value(c column) string {
	var at any = r.data
	for step := range strings.SplitSeq(c.Path, ".") {
		m, _ := at.(map[string]any)
		at = m[step]
	}
	switch v := at.(type) {
	case nil:
		return ""
	case []any:
		var words []string
		for _, x := range v {
			words = append(words, fmt.Sprint(x))
		}
		return strings.Join(words, " ")
	default:
		return fmt.Sprint(v)
	}
}

// put sets a column of a row; what is empty goes away.
func (r planRow) put(c column, typed string) {
	steps := strings.Split(c.Path, ".")
	at := r.data
	for _, step := range steps[:len(steps)-1] {
		m, ok := at[step].(map[string]any)
		if !ok {
			m = map[string]any{}
			at[step] = m
		}
		at = m
	}
	last := steps[len(steps)-1]
	switch {
	case c.Kind == "tick":
		at[last] = typed != ""
	case c.Kind == "list":
		at[last] = strings.Fields(strings.ReplaceAll(typed, ",", " "))
	case typed == "":
		delete(at, last)
	default:
		at[last] = typed
		if n, err := strconv.Atoi(typed); err == nil && c.Kind == "number" {
			at[last] = n // what is no number is refused by the plan's own checks
		}
	}
}

// blanks are the empty rows of a form, for what is new.
const blanks = 3

func (s *Site) editPart(p *page) error {
	if p.c.Query("saved") != "" && p.Problem == nil {
		p.Notice = p.T("saved")
	}
	b, err := s.part(p)
	if err != nil {
		return err
	}
	return p.show("campaign-part", p.T("campaign_edit"), b)
}

// part reads one part of a plan, with what was typed already.
func (s *Site) part(p *page) (editBody, error) {
	b := editBody{Code: p.c.Param("id"), Part: p.c.Param("part")}
	b.Columns = planColumns[b.Part]
	if b.Columns == nil {
		return b, casework.NotFound()
	}
	parts, version, err := s.Campaigns.Parts(p.ctx, p.session.Actor, b.Code)
	if err != nil {
		return b, err
	}
	b.Version = version
	if b.Rows, err = rowsOf(b.Part, parts); err != nil {
		return b, err
	}
	if b.Part != "settings" {
		for range blanks {
			b.Rows = append(b.Rows, planRow{N: len(b.Rows), data: map[string]any{}})
		}
	}
	if p.Typed("version") == "" {
		return b, nil
	}
	for _, r := range b.Rows {
		for _, c := range b.Columns {
			r.put(c, p.Typed(fmt.Sprintf("%d.%s", r.N, c.Path)))
		}
	}
	return b, nil
}

// rowsOf are the rows of a part as data.
func rowsOf(part string, parts map[string]json.RawMessage) ([]planRow, error) {
	if part == "settings" {
		row := planRow{data: map[string]any{}}
		for _, name := range []string{"title", "counting"} {
			var v any
			if text := parts[name]; text != nil {
				if err := json.Unmarshal(text, &v); err != nil {
					return nil, fmt.Errorf("%s of a plan: %w", name, err)
				}
				row.data[name] = v
			}
		}
		return []planRow{row}, nil
	}
	var list []any
	if text := parts[part]; text != nil {
		if err := json.Unmarshal(text, &list); err != nil {
			return nil, fmt.Errorf("%s of a plan: %w", part, err)
		}
	}
	rows := []planRow{}
	for i, x := range list {
		data, ok := x.(map[string]any)
		if !ok {
			data = map[string]any{"code": x}
		}
		rows = append(rows, planRow{i, data})
	}
	return rows, nil
}

// edit is what the rows come to: those without their first column are gone.
func (b editBody) edit() (campaign.Edit, error) {
	e := campaign.Edit{Name: b.Part, Parts: map[string]json.RawMessage{}}
	put := func(name string, v any) (err error) {
		e.Parts[name], err = json.Marshal(v)
		return err
	}
	if b.Part == "settings" {
		counting, _ := b.Rows[0].data["counting"].(string)
		if err := put("counting", counting); err != nil {
			return e, err
		}
		return e, put("title", b.Rows[0].data["title"])
	}
	list := []any{}
	for _, r := range b.Rows {
		switch key := r.Value(b.Columns[0]); {
		case key == "":
		case b.Part == "participants":
			list = append(list, key)
		default:
			list = append(list, r.data)
		}
	}
	return e, put(b.Part, list)
}

func (s *Site) changePart(p *page) error {
	b, err := s.part(p)
	if err != nil {
		return err
	}
	e, err := b.edit()
	if err != nil {
		return err
	}
	r := p.campaignRequest("change " + b.Part)
	if _, err := s.Campaigns.Change(p.ctx, r, e); err != nil {
		return p.retry(err, s.editPart)
	}
	return p.back("/campaigns/"+url.PathEscape(r.Campaign)+"/edit/"+b.Part+"?saved=1", "/campaigns")
}
