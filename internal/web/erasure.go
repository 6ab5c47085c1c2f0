package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ocopflow/internal/casework"
	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/privacy"
)

// erase forgets the private values of an entry. It cannot be taken back, so the
// form asks for a tick beside the reason.
func (s *Site) erase(p *page) error {
	id := p.c.Param("id")
	index, err := strconv.ParseInt(p.Typed("entry"), 10, 64)
	if err != nil {
		return s.again(p, fault.New(fault.Malformed, "malformed", "Không đọc được yêu cầu.", "The request cannot be read."), "")
	}
	if p.Typed("sure") == "" {
		return s.again(p, fault.New(fault.Invalid, "not_confirmed", "Hãy đánh dấu xác nhận: việc xóa không thể hoàn tác.", "Tick that you are sure: an erasure cannot be taken back."), "")
	}
	_, err = s.Privacy.Erase(p.ctx, privacy.Request{Entry: index, Reason: p.Typed("reason"), Actor: p.session.Actor, Key: p.key("erase " + id)})
	if err != nil {
		return s.again(p, err, "")
	}
	return p.back("/products/"+url.PathEscape(id)+"?saved=1", "/products")
}

// erased says what of an entry was forgotten, by whom and when, once for each
// erasure.
func (p *page) erased(e casework.Entry) (out []string) {
	for _, x := range e.Erased {
		by := x.ByName
		if x.By == ocop.System {
			by = p.T("system")
		}
		text := strings.NewReplacer("{by}", by, "{on}", ocop.DateOf(x.At).In(p.L())).Replace(p.T("erased_by"))
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
