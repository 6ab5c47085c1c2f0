package web

import (
	"errors"
	"maps"
	"strconv"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/store"
)

func init() { maps.Copy(messages, behalfMessages) }

// The words of what is done in place of producers.
var behalfMessages = map[string]ocop.Text{
	"on_behalf":               {Vi: "Làm thay chủ thể", En: "Done on behalf of the producer"},
	"on_behalf_all":           {Vi: "Tất cả việc làm thay chủ thể", En: "All that was done on behalf of producers"},
	"on_behalf_none":          {Vi: "Chưa có việc nào được làm thay chủ thể.", En: "Nothing was done on behalf of a producer yet."},
	"on_behalf_paper":         {Vi: "Làm thay chủ thể, theo hồ sơ giấy", En: "On behalf of the producer, from its paper"},
	"on_behalf_hint":          {Vi: "Chủ thể vẫn chịu trách nhiệm; chủ thể thấy việc này, xác nhận hoặc phản đối.", En: "The producer stays responsible; it sees this, and confirms or objects."},
	"on_behalf_scan":          {Vi: "Bản chụp đã có", En: "A scan that is there"},
	"on_behalf_scan_none":     {Vi: "– chọn, hoặc tải lên bên dưới –", En: "– choose one, or upload it below –"},
	"on_behalf_scan_itself":   {Vi: "Chính tệp tải lên là bản chụp", En: "The uploaded file itself is the scan"},
	"on_behalf_file":          {Vi: "Bản chụp mới (PDF, ảnh)", En: "A new scan (PDF, picture)"},
	"on_behalf_from":          {Vi: "theo bản chụp", En: "from the scan"},
	"on_behalf_only":          {Vi: "chỉ làm được khi thay chủ thể", En: "only on behalf of the producer"},
	"on_behalf_waiting":       {Vi: "Chờ chủ thể xác nhận", En: "Waits for the producer to confirm"},
	"on_behalf_confirmed":     {Vi: "Chủ thể đã xác nhận", En: "Confirmed by the producer"},
	"on_behalf_objected":      {Vi: "Chủ thể phản đối", En: "The producer objects"},
	"on_behalf_confirm":       {Vi: "Xác nhận đúng", En: "Confirm"},
	"on_behalf_object":        {Vi: "Phản đối", En: "Object"},
	"on_behalf_reason":        {Vi: "Lý do (bắt buộc khi phản đối)", En: "Reason (needed for an objection)"},
	"event_confirm_on_behalf": {Vi: "Chủ thể xác nhận việc làm thay", En: "Producer confirmed what was done on its behalf"},
	"event_object_on_behalf":  {Vi: "Chủ thể phản đối việc làm thay", En: "Producer objected to what was done on its behalf"},
	"table_on_behalf":         {Vi: "việc làm thay chủ thể", En: "acts on behalf of producers"},
}

func (s *Site) mountOnBehalf(e *gin.Engine) {
	e.GET("/on-behalf", s.member(s.onBehalf))
	e.POST("/on-behalf/:index", s.member(s.answerOnBehalf))
}

// InPlace reports whether the reader may make an action in place of the producer.
func (b productBody) InPlace(a casework.Action) bool { return a.Instead }

// Owns reports whether the reader is of a producer.
func (p *page) Owns(producer string) bool {
	for _, g := range p.session.Actor.Grants {
		if g.Role == access.Producer && g.Unit == producer {
			return true
		}
	}
	return false
}

// BehalfLink is where one sees what was done in place of a producer.
func (p *page) BehalfLink(b store.OnBehalf) string {
	for _, t := range p.site.petitionsOf() {
		if t.procedure == b.Procedure {
			return t.base + "/requests/" + b.Petition
		}
	}
	if b.Product != "" {
		return "/products/" + b.Product
	}
	return ""
}

// BehalfOf names what it is about.
func (p *page) BehalfOf(b store.OnBehalf) string {
	for _, name := range []string{b.ProductName, b.Code} {
		if name != "" {
			return name + " · " + b.Owner
		}
	}
	return b.Owner
}

type onBehalfBody struct{ Behalf []store.OnBehalf }

func (s *Site) onBehalf(p *page) error {
	if p.c.Query("saved") != "" {
		p.Notice = p.T("saved")
	}
	list, err := s.Desk.OnBehalfAll(p.ctx, p.session.Actor, perPage)
	if err != nil {
		return err
	}
	return p.show("on-behalf", p.T("on_behalf"), onBehalfBody{list})
}

func (s *Site) answerOnBehalf(p *page) error {
	act, entry := p.Typed("act"), int64(-1)
	if n, err := strconv.ParseInt(p.c.Param("index"), 10, 64); err == nil {
		entry = n
	}
	if act != "confirm" && act != "object" {
		return fault.New(fault.Malformed, "malformed", "Không có thao tác này.", "There is no such act.")
	}
	a := casework.Answered{Entry: entry, Confirm: act == "confirm", Reason: p.Typed("reason"), Actor: p.session.Actor, Key: p.key("on behalf " + p.c.Param("index"))}
	if v, err := strconv.ParseInt(p.Typed("version"), 10, 64); err == nil {
		a.Version = &v
	}
	if _, err := s.Desk.AnswerOnBehalf(p.ctx, a); err != nil {
		return p.orAgain(err, s.onBehalf)
	}
	return p.back(p.Typed("back"), "/on-behalf?saved=1")
}

// papersOf are the documents that can be the paper from which something is done in
// place of a producer: the product's, else the producer's own.
func (s *Site) papersOf(p *page, producer, product string) ([]store.Document, error) {
	if product != "" {
		return s.Desk.Evidence(p.ctx, p.session.Actor, product)
	}
	if err := s.Desk.SeesProducer(p.ctx, p.session.Actor, producer); err != nil {
		return nil, err
	}
	return store.ProducerDocuments(p.ctx, s.DB, producer)
}

// inPlace does what a form asks for, in place of the producer if the form says so. A
// scan that comes with the form is kept once a dry run says that the act would stand:
// what is refused leaves nothing behind.
func (p *page) inPlace(producer, product string, try, do func(casework.OnBehalf) error) error {
	b := casework.OnBehalf{Producer: producer, Scan: p.Typed("scan")}
	name, file, err := p.takeField("scan_file", product)
	if err != nil {
		return err
	}
	keep := p.site.Desk.Vault
	switch {
	case p.Typed("on_behalf") == "" && b.Scan == "" && name == "":
		return errors.Join(do(casework.OnBehalf{}), keep.Settle(p.ctx, file))
	case name == "":
		return errors.Join(do(b), keep.Settle(p.ctx, file))
	}
	b.Scan, b.Coming = "", true
	if err := try(b); err != nil {
		return errors.Join(err, keep.Settle(p.ctx, file))
	}
	u := casework.Upload{Product: product, Producer: producer, Kind: casework.ScanKind, Name: name, Taken: file, Actor: p.session.Actor, Key: p.key("scan " + producer + " " + product)}
	doc, err := p.site.Desk.AddDocument(p.ctx, u)
	if err != nil {
		return err
	}
	return do(casework.OnBehalf{Producer: producer, Scan: doc.ID})
}
