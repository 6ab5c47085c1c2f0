package web

import (
	"maps"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"ocopflow/internal/access"
	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
)

func init() { maps.Copy(messages, behalfMessages) }

// The words of what is done in place of producers.
var behalfMessages = map[string]ocop.Text{
	"on_behalf":               {Vi: "Làm thay chủ thể", En: "Done on behalf of the producer"},
	"on_behalf_paper":         {Vi: "Làm thay chủ thể theo hồ sơ giấy (chọn bản chụp)", En: "On behalf of the producer, from its paper (choose the scan)"},
	"on_behalf_nobody":        {Vi: "Không làm thay", En: "Not on its behalf"},
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
	e.POST("/on-behalf/:index", s.member(s.answerOnBehalf))
}

// InPlace reports whether the reader may make an action in place of the producer:
// the procedure names the producer beside others, and the reader is not it.
func (b productBody) InPlace(a casework.Action) bool {
	return !b.Owner && slices.Contains(a.By, access.Producer) && len(b.Documents) > 0
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
	b, err := s.Desk.AnswerOnBehalf(p.ctx, a)
	if err != nil {
		return p.orAgain(err, s.worklist)
	}
	return p.back("/products/"+b.Product+"?saved=1", "/worklist")
}
