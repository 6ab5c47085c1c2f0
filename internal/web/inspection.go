package web

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

type inspectionBody struct {
	store.Inspection
	Of       *ocop.Product
	Findings []finding
	Photos   []store.Photo // of the whole inspection
	Mine     bool          // to put on record
	Rows     []findingRow  // of the form
	People   string        // participants, as typed
	Topics   []ocop.Text
	Owners   []choice
}

// finding is one with what became of its remedy.
type finding struct {
	store.Found
	Chased    *store.Remedy
	OwnerName string
	Photos    []store.Photo
	Reports   bool // the reader may say that it is done
	Late      bool
}

// findingRow is a finding in a form.
type findingRow struct {
	N                                       int
	ID, Topic, Remedy, Owner, OwnerUnit, By string
	Closed                                  bool
}

func (s *Site) inspection(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	actor, id := p.session.Actor, p.c.Param("id")
	i, err := s.Desk.Inspection(p.ctx, actor, id)
	if err != nil {
		return err
	}
	if err := p.watch(i.Product); err != nil {
		return err
	}
	if i, err = s.Desk.Inspection(p.ctx, actor, id); err != nil { // as it is since the page watches
		return err
	}
	b := inspectionBody{Inspection: *i, Topics: casework.Topics, People: strings.Join(i.Participants, "\n")}
	if b.Of, err = s.Desk.Product(p.ctx, actor, i.Product); err != nil {
		return err
	}
	b.Mine = casework.MayInspect(actor, b.Of.Path) && i.CancelledOn == nil
	if err := s.findings(p, &b); err != nil {
		return err
	}
	if b.Mine {
		if b.People == "" && i.Trip != "" {
			if b.People, err = s.came(p, i.Trip); err != nil {
				return err
			}
		}
		b.Rows = p.findingRows(i.Findings)
		if b.Owners, err = p.owners(b.Of); err != nil {
			return err
		}
	}
	return p.show("inspection", p.T("inspection_of")+" "+b.Of.Name, b)
}

// came are the guests of a trip who said that they come, or who came: the record
// begins with them.
func (s *Site) came(p *page, trip string) (string, error) {
	t, err := s.Fieldwork.Trip(p.ctx, p.session.Actor, trip)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	var out []string
	for _, g := range t.Guests {
		if g.Answer == store.Confirmed || g.Answer == store.Attended {
			out = append(out, strings.Trim(g.Unit.Name+" · "+g.Name, " ·"))
		}
	}
	return strings.Join(out, "\n"), err
}

// findings puts remedies, photos and owners to the findings.
func (s *Site) findings(p *page, b *inspectionBody) error {
	remedies, err := s.Desk.RemediesOf(p.ctx, p.session.Actor, b.ID)
	if err != nil {
		return err
	}
	photos, err := s.Desk.Photos(p.ctx, p.session.Actor, b.ID)
	if err != nil {
		return err
	}
	for _, x := range b.Inspection.Findings {
		f := finding{Found: x, OwnerName: x.Owner}
		if x.OwnerUnit != "" {
			u, err := store.Unit(p.ctx, s.DB, x.OwnerUnit)
			if err != nil {
				return err
			}
			if u != nil {
				f.OwnerName = strings.Trim(u.Name.In(p.L())+" · "+x.Owner, " ·")
			}
		}
		for n := range remedies {
			if r := remedies[n]; r.ID == x.ID && x.ID != "" {
				f.Chased = &r
				f.Reports = r.State == store.RemedyOpen && (b.Mine || casework.Owns(p.session.Actor, r, b.Of))
				f.Late = r.State == store.RemedyOpen && p.Overdue(r.Due)
			}
		}
		for _, photo := range photos {
			if photo.Finding == x.ID && x.ID != "" {
				f.Photos = append(f.Photos, photo)
			}
		}
		b.Findings = append(b.Findings, f)
	}
	for _, photo := range photos {
		if photo.Finding == "" {
			b.Photos = append(b.Photos, photo)
		}
	}
	return nil
}

// findingRows are the findings as typed, else as they stand, with room for more.
func (p *page) findingRows(there []store.Found) (out []findingRow) {
	if p.Typed("act") == "record" {
		for i := range 120 {
			n := strconv.Itoa(i)
			r := findingRow{i, p.Typed("id." + n), p.Typed("topic." + n), p.Typed("remedy." + n), p.Typed("owner." + n), p.Typed("owner_unit." + n), p.Typed("by." + n), p.Typed("closed."+n) != ""}
			if r != (findingRow{N: i}) {
				out = append(out, r)
			}
		}
		return append(out, findingRow{N: len(out)})
	}
	for i, f := range there {
		r := findingRow{N: i, ID: f.ID, Topic: f.Topic, Remedy: f.Remedy, Owner: f.Owner, OwnerUnit: f.OwnerUnit, Closed: f.Closed}
		if f.By != nil {
			r.By = f.By.String()
		}
		out = append(out, r)
	}
	for range 3 {
		out = append(out, findingRow{N: len(out)})
	}
	return out
}

// owners are those who can be asked to see to a remedy: the producer, the
// commune, the departments of the authority.
func (p *page) owners(of *ocop.Product) ([]choice, error) {
	out := []choice{{Value: of.Producer.ID, Title: of.Producer.Name}}
	if of.Commune != nil {
		out = append(out, choice{Value: of.Commune.ID, Title: of.Commune.Name})
	}
	for _, place := range []ocop.Path{of.Path.Upto(ocop.District), of.Path.Upto(ocop.Province)} {
		if place == "" {
			continue
		}
		units, err := store.UnitsBelow(p.ctx, p.site.DB, []ocop.Path{place}, "", 400)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			if u.Kind == ocop.Department && u.Path.Parent() == place {
				out = append(out, choice{Value: u.ID, Title: u.Name.In(p.L())})
			}
		}
	}
	return out, nil
}

func (s *Site) inspectionAct(p *page) error {
	id := p.c.Param("id")
	if _, err := s.Desk.Inspection(p.ctx, p.session.Actor, id); err != nil {
		return err
	}
	step := casework.RemedyStep{Remedy: p.Typed("remedy"), Comment: p.Typed("comment"), Actor: p.session.Actor, Key: p.key("inspection " + id)}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		step.Version = &v
	}
	var err error
	switch p.Typed("act") {
	case "record":
		err = s.recordInspection(p, id, step.Version)
	case "report":
		err = s.reportRemedy(p, id, step)
	case "confirm":
		_, err = s.Desk.ConfirmRemedy(p.ctx, step)
	case "return":
		_, err = s.Desk.ReturnRemedy(p.ctx, step)
	case "photo":
		err = s.addPhoto(p, id)
	case "cancel":
		_, err = s.Desk.RecordVisit(p.ctx, id, casework.Visit{Cancel: p.Typed("reason"), Version: step.Version, Actor: p.session.Actor})
	default:
		err = fault.New(fault.Malformed, "malformed", "Không đọc được nội dung gửi lên.", "What was sent cannot be read.")
	}
	if err != nil {
		return p.retry(err, s.inspection)
	}
	return p.back("/inspections/"+url.PathEscape(id)+"?saved=1", "/inspections")
}

// recordInspection puts on record what the form says. A finding that is cleared
// is dropped.
func (s *Site) recordInspection(p *page, id string, version *int64) error {
	v := casework.Visit{HeldOn: p.typedDay("held_on"), Participants: lines(p.Typed("participants")), Findings: []store.Found{}, Version: version, Actor: p.session.Actor}
	if v.Participants == nil {
		v.Participants = []string{}
	}
	bad := fault.New(fault.Invalid, "inspection_wrong", "Nội dung kiểm tra chưa đúng.", "The inspection's data is not right.")
	for _, r := range p.findingRows(nil) {
		if strings.TrimSpace(r.Topic+r.Remedy) == "" {
			continue
		}
		f := store.Found{ID: r.ID, Topic: strings.TrimSpace(r.Topic), Remedy: strings.TrimSpace(r.Remedy), Owner: strings.TrimSpace(r.Owner), OwnerUnit: r.OwnerUnit, Closed: r.Closed}
		if r.By != "" {
			day, err := ocop.ParseDate(r.By)
			if err != nil {
				bad.At(fmt.Sprintf("body.findings[%d].by", r.N), "Phải là ngày, viết NĂM-THÁNG-NGÀY.", "Must be a day written YYYY-MM-DD.")
			}
			f.By = &day
		}
		v.Findings = append(v.Findings, f)
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	_, err := s.Desk.RecordVisit(p.ctx, id, v)
	return err
}

// reportRemedy brings the evidence, if there is any, then says that it is done.
func (s *Site) reportRemedy(p *page, inspection string, step casework.RemedyStep) error {
	i, err := s.Desk.Inspection(p.ctx, p.session.Actor, inspection)
	if err != nil {
		return err
	}
	if strings.TrimSpace(step.Comment) != "" { // else it is refused, and the file is not asked for
		name, file, err := p.takeFile(i.Product)
		if err != nil {
			return err
		}
		if name != "" {
			doc, err := s.Desk.AddDocument(p.ctx, casework.Upload{Product: i.Product, Kind: casework.EvidenceKind, Name: name, Taken: file, Actor: p.session.Actor})
			if err != nil {
				return err
			}
			step.Document = doc.ID
		}
	}
	_, err = s.Desk.ReportRemedy(p.ctx, step)
	return err
}

// addPhoto uploads a picture and puts it to the inspection.
func (s *Site) addPhoto(p *page, inspection string) error {
	i, err := s.Desk.Inspection(p.ctx, p.session.Actor, inspection)
	if err != nil {
		return err
	}
	name, file, err := p.takeFile(i.Product)
	if err != nil {
		return err
	}
	doc, err := s.Desk.AddDocument(p.ctx, casework.Upload{Product: i.Product, Kind: casework.PhotoKind, Name: name, Taken: file, Actor: p.session.Actor})
	if err != nil {
		return err
	}
	_, err = s.Desk.AttachPhoto(p.ctx, casework.Attachment{Inspection: inspection, Document: doc.ID, Finding: p.Typed("finding"), Actor: p.session.Actor})
	return err
}

// photo shows a picture of an inspection; only types that were found to be
// pictures are kept as such.
func (s *Site) photo(p *page) error {
	photos, err := s.Desk.Photos(p.ctx, p.session.Actor, p.c.Param("id"))
	if err != nil {
		return err
	}
	for _, x := range photos {
		if x.Document != p.c.Param("document") {
			continue
		}
		doc, content, err := s.Desk.Document(p.ctx, p.session.Actor, x.Document)
		if err != nil {
			return err
		}
		h := p.c.Writer.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "sandbox")
		h.Set("Cache-Control", "private, max-age=3600")
		h.Set("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": doc.Name}))
		defer content.Close()
		p.c.DataFromReader(http.StatusOK, doc.Size, doc.MediaType, content, nil)
		return nil
	}
	return casework.NotFound()
}
