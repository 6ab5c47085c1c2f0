package web

import (
	"fmt"
	"iter"
	"maps"
	"strings"

	"ocopflow/internal/criteria"
	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// Place names a place of an input that something is wrong with, as the page's
// labels do; "" for one that has no name.
func (p *page) Place(place string) string {
	name := place
	for _, prefix := range []string{"body.", "query."} {
		name = strings.TrimPrefix(name, prefix)
	}
	if field, ok := strings.CutPrefix(name, "data."); ok {
		return p.fieldTitle(field)
	}
	if at, ok := strings.CutPrefix(name, "text:"); ok { // of a template
		line, column, _ := strings.Cut(at, ":")
		return fmt.Sprintf(p.T("at_line"), line, column)
	}
	if field, ok := strings.CutPrefix(name, "paper."); ok {
		field, _, _ = strings.Cut(field, "[")
		return p.T("place_paper_" + field)
	}
	name, _, _ = strings.Cut(name, "[")
	name, _, _ = strings.Cut(name, ".")
	if m, ok := messages["place_"+name]; ok {
		return m.In(p.L())
	}
	return ""
}

// fieldTitle is what the procedure in force calls a field of a move's form.
func (p *page) fieldTitle(name string) string {
	for f := range p.fields() {
		if f.Name == name {
			return f.Title.In(p.L())
		}
	}
	return ""
}

// optionTitle is what forms call a value to choose, "" for any other value.
func (p *page) optionTitle(value string) string {
	if len(value) < 3 { // such as one letter of a list: it can be anything
		return ""
	}
	for f := range p.fields() {
		for _, o := range f.Options {
			if o.Value == value {
				return o.Title.In(p.L())
			}
		}
	}
	return ""
}

// fields are those of the forms of moves.
func (p *page) fields() iter.Seq[workflow.Field] {
	return func(yield func(workflow.Field) bool) {
		rules := p.newest()
		if rules.Rules == nil {
			return
		}
		for _, t := range rules.Transitions.All() {
			forms := [][]workflow.Field{t.Form}
			for _, arm := range t.Arms {
				forms = append(forms, arm.Form)
			}
			for _, form := range forms {
				for _, f := range form {
					if !yield(f) {
						return
					}
				}
			}
		}
	}
}

// SetName is the number of a criteria set with its name, as the procedure in
// force has it.
func (p *page) SetName(n int) string {
	rules := p.newest()
	if rules.Rules == nil {
		return number(n)
	}
	if set := criteria.BuiltIn(rules.Criteria)[n]; set != nil {
		return number(n) + " · " + set.Name.In(p.L())
	}
	return number(n)
}

// places are what people call the fields of forms.
var places = map[string]ocop.Text{
	"place_reason":           {Vi: "Lý do", En: "Reason"},
	"place_comment":          {Vi: "Ghi chú", En: "Comment"},
	"place_name":             {Vi: "Tên", En: "Name"},
	"place_display":          {Vi: "Tên hiển thị", En: "Name to show"},
	"place_unit":             {Vi: "Đơn vị", En: "Unit"},
	"place_role":             {Vi: "Vai trò", En: "Role"},
	"place_code":             {Vi: "Mã", En: "Code"},
	"place_form":             {Vi: "Loại hình", En: "Kind"},
	"place_set":              {Vi: "Bộ tiêu chí", En: "Criteria set"},
	"place_producer":         {Vi: "Chủ thể", En: "Producer"},
	"place_product":          {Vi: "Sản phẩm", En: "Product"},
	"place_file":             {Vi: "Tệp", En: "File"},
	"place_kind":             {Vi: "Loại", En: "Kind"},
	"place_valid_to":         {Vi: "Có giá trị đến", En: "Valid until"},
	"place_to":               {Vi: "Đến", En: "To"},
	"place_from":             {Vi: "Từ", En: "From"},
	"place_until":            {Vi: "Đến hết ngày", En: "Until"},
	"place_label":            {Vi: "Tên gọi", En: "Label"},
	"place_members":          {Vi: "Thành viên", En: "Members"},
	"place_council":          {Vi: "Hội đồng", En: "Council"},
	"place_decision":         {Vi: "Quyết định", En: "Decision"},
	"place_decided_on":       {Vi: "Ngày quyết định", En: "Decided on"},
	"place_held_on":          {Vi: "Ngày thực hiện", En: "Held on"},
	"place_day":              {Vi: "Ngày", En: "Day"},
	"place_place":            {Vi: "Địa điểm", En: "Place"},
	"place_title":            {Vi: "Tiêu đề", En: "Title"},
	"place_note":             {Vi: "Nội dung", En: "Text"},
	"place_text":             {Vi: "Nội dung", En: "Text"},
	"place_search":           {Vi: "Điều kiện tìm", En: "Search"},
	"place_as_of":            {Vi: "Thời điểm", En: "Moment"},
	"place_since":            {Vi: "Từ ngày", En: "Since"},
	"place_next":             {Vi: "Mật khẩu mới", En: "New password"},
	"place_password":         {Vi: "Mật khẩu", En: "Password"},
	"place_present":          {Vi: "Mật khẩu hiện tại", En: "Present password"},
	"place_wait_seconds":     {Vi: "Số giây phải đợi", En: "Seconds to wait"},
	"place_choices":          {Vi: "Tiêu chí", En: "Criterion"},
	"place_number":           {Vi: "Số, ký hiệu", En: "Number"},
	"place_products":         {Vi: "Sản phẩm", En: "Products"},
	"place_about":            {Vi: "Về việc", En: "About"},
	"place_signer":           {Vi: "Người ký", En: "Signer"},
	"place_summary":          {Vi: "Trích yếu", En: "Summary"},
	"place_requested_before": {Vi: "Nhận đề nghị trước ngày", En: "For requests before"},
	"place_held_before":      {Vi: "Họp trước ngày", En: "Held before"},
	"place_into":             {Vi: "Chuyển sang đợt", En: "Carry over into"},
	"place_agenda":           {Vi: "Chương trình", En: "Agenda"},
	"place_pause_from":       {Vi: "Nghỉ từ – đến", En: "Break from – to"},
	"place_minutes":          {Vi: "Số phút mỗi sản phẩm", En: "Minutes for each product"},
	"place_units":            {Vi: "Số mẫu", En: "Units"},
	"place_used_up":          {Vi: "Đã dùng, trả lại", En: "Used up, returned"},
	"place_received_on":      {Vi: "Ngày nhận", En: "Received on"},
	"place_brought_by":       {Vi: "Người giao", En: "Brought by"},
	"place_condition":        {Vi: "Tình trạng mẫu", En: "Condition"},
	"place_scan":             {Vi: "Bản chụp", En: "Scan"},
	"place_stars":            {Vi: "Hạng sao", En: "Stars"},
}

func init() { maps.Copy(messages, places) }
