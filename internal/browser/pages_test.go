//go:build unix

package browser

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chromedp/chromedp"
)

// axe-core 4.14.1 (npm), under its own licence beside it.
//
//go:embed testdata/axe.min.js
var axe string

// tags are the rules of WCAG 2.2 A and AA.
const tags = `["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]`

// accessible holds a page against WCAG, in both themes and with all that is
// folded away unfolded.
func (p *person) accessible(path string) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(1100, 780))
	for _, theme := range []string{"light", "dark"} {
		p.cookie("ocopflow_theme", theme)
		p.open(path)
		tell[bool](p, axe+`; document.querySelectorAll("details").forEach((d) => { d.open = true; }); true`)
		found := tell[string](p, `axe.run(document, { runOnly: { type: "tag", values: `+tags+` } }).then((r) => r.violations.map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0]?.message || n.failureSummary)).join(" | ")).join("\n"))`, chromedp.EvalAwaitPromise)
		if found != "" {
			p.t.Errorf("%s in %s, %s:\n%s", path, p.lang, theme, found)
		}
	}
}

// widths are a phone's, a tablet's and a desk's.
var widths = []int64{360, 820, 1440}

// fits looks for a horizontal scroll at each width and keeps a picture.
func (p *person) fits(path, theme string) {
	p.t.Helper()
	p.cookie("ocopflow_theme", theme)
	for _, w := range widths {
		p.do(chromedp.EmulateViewport(w, 900))
		p.open(path)
		if over := tell[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			p.t.Errorf("%s in %s at %d: %d pixels too wide", path, p.lang, w, over)
		}
		shot, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			p.t.Fatal(err)
		}
		name := fmt.Sprintf("%s-%s-%s-%d.png", plain(path), p.lang, theme, w)
		if err := os.WriteFile(filepath.Join(output, name), shot, 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
}

// notPages are addresses that give no page of their own.
var notPages = []string{"/assets/:name", "/products.csv", "/products/:id/graph.svg", "/procedures/:name/:version/graph.svg", "/audit/entries/:index/proof.txt",
	"/sign-in/provider", "/sign-in/provider/return", "/settings/identities/new", "/inspections/:id/photos/:document", "/calendar/:file"}

// pages says who looks at which, and with what in place of the parameters.
func (d *day) pages(session string) map[string][2]string {
	review := d.o.ask("auditor", "POST", "/audit/reviews", map[string]any{"title": "Rà soát (mô phỏng)", "note": "Bắt đầu", "product": d.id, "search": "kind=move"})["id"].(string)
	account := d.o.ask("office", "GET", "/auth/session", nil)["id"].(string)
	trip := d.o.ask("office", "POST", "/trips", map[string]any{"title": "Kiểm tra các cơ sở (mô phỏng)", "first_day": today, "products": []string{d.second}, "guests": []any{map[string]any{"name": "Thường trực Huyện ủy"}}})["id"].(string)
	training := d.o.ask("office", "POST", "/trainings", map[string]any{"title": "Tập huấn (mô phỏng)", "first_day": today, "invited": []any{map[string]any{"unit": "htx-phu-sang"}}})["id"].(string)
	visit := d.o.ask("office", "GET", "/products/"+d.id+"/inspections", nil)["items"].([]any)[0].(map[string]any)["id"].(string)
	support := d.o.ask("office", "POST", "/support-plans", map[string]any{"campaign": "cam-xuyen-2024", "title": "Phương án hỗ trợ (mô phỏng)"})["id"].(string)
	hook := d.o.ask("office", "POST", "/webhooks", map[string]any{"url": "https://example.org/ocop"})["id"].(string)
	owner := d.o.ask("office", "GET", "/products/"+d.id, nil)["producer"].(map[string]any)["id"].(string)
	batch := d.o.ask("office", "POST", "/batches", map[string]any{"title": "Đợt chấm (mô phỏng)", "unit": "cam-xuyen"})["id"].(string)
	return map[string][2]string{
		"/batches": {"office", "/batches"}, "/batches/:id": {"office", "/batches/" + batch},
		"/certificates/expiring": {"office", "/certificates/expiring"}, "/certificates/warnings": {"office", "/certificates/warnings"},
		"/correspondence": {"office", "/correspondence"}, "/correspondence/:id": {"office", "/correspondence/" + d.o.ask("office", "POST", "/correspondence", map[string]any{"direction": "received", "others": "UBND tỉnh", "summary": "Công văn hướng dẫn"})["id"].(string)},
		"/decisions": {"office", "/decisions"}, "/decisions/:id": {"leader", "/decisions/" + d.o.ask("leader", "GET", "/decisions", nil)["items"].([]any)[0].(map[string]any)["id"].(string)},
		"/corrections": {"office", "/corrections"}, "/products/:id/corrections": {"office", "/products/" + d.id + "/corrections"}, "/producers/:id/corrections": {"office", "/producers/" + owner + "/corrections"},
		"/complaints": {"office", "/complaints"}, "/complaints/new": {maker, "/complaints/new"},
		"/health":   {"admin", "/health"},
		"/webhooks": {"office", "/webhooks"}, "/webhooks/:id": {"office", "/webhooks/" + hook},
		"/support/plans": {"office", "/support/plans"}, "/support/plans/:id": {"office", "/support/plans/" + support}, "/campaigns/:id/report": {"office", "/campaigns/cam-xuyen-2024/report"},
		"/inspections": {"office", "/inspections"}, "/inspections/new": {"office", "/inspections/new"}, "/inspections/:id": {"office", "/inspections/" + visit}, "/trips/:id": {"office", "/trips/" + trip},
		"/training": {"office", "/training"}, "/training/:id": {"office", "/training/" + training}, "/notices": {"leader", "/notices"},
		"/documents": {maker, "/documents"}, "/documents/missing": {"office", "/documents/missing"},
		"/papers": {"office", "/papers"}, "/papers/:name/draw": {"office", "/papers/invitation/draw"}, "/papers/:name/templates/:lang": {"office", "/papers/notice/templates/vi"},
		"/campaigns/:id/board": {"office", "/campaigns/cam-xuyen-2024/board"}, "/campaigns/:id/duties": {"office", "/campaigns/cam-xuyen-2024/duties"},
		"/campaigns/:id/edit": {"office", "/campaigns/cam-xuyen-2024/edit"}, "/campaigns/:id/edit/:part": {"office", "/campaigns/cam-xuyen-2024/edit/targets"},
		"/import": {"office", "/import"}, "/settings/reminders": {"office", "/settings/reminders"}, "/settings/reminders/confirm": {"office", "/settings/reminders/confirm"}, "/unsubscribe/:token": {"", "/unsubscribe/none"}, "/mails": {"admin", "/mails"},
		"/": {"office", "/"}, "/worklist": {"leader", "/worklist"}, "/on-behalf": {"office", "/on-behalf"}, "/products": {"office", "/products?q=mam&state=certified"}, "/products/new": {"office", "/products/new"},
		"/products/:id": {"office", "/products/" + d.id}, "/products/:id/self-score": {maker, "/products/" + d.second + "/self-score?stars=4"},
		"/sign-in": {"", "/sign-in"}, "/sign-in/code": {"", "/sign-in/code"}, "/settings": {"office", "/settings"}, "/settings/second-factor": {"office", "/settings/second-factor"},
		"/accounts": {"admin", "/accounts"}, "/accounts/:id": {"admin", "/accounts/" + account}, "/units": {"admin", "/units"}, "/producers": {"office", "/producers"},
		"/delegations": {"leader", "/delegations"}, "/campaigns": {"office", "/campaigns"}, "/campaigns/:id": {"office", "/campaigns/cam-xuyen-2024"}, "/reports": {"office", "/reports"}, "/certificates": {"office", "/certificates?all=true"},
		"/councils": {"secretary-district", "/councils"}, "/sessions/:id": {"secretary-district", session},
		"/audit": {"auditor", "/audit?kind=move"}, "/audit/entries/:index": {"auditor", "/audit/entries/190"}, "/audit/integrity": {"auditor", "/audit/integrity?from=10&to=100"},
		"/audit/flags": {"auditor", "/audit/flags"}, "/audit/reviews": {"auditor", "/audit/reviews"}, "/audit/reviews/:id": {"auditor", "/audit/reviews/" + review}, "/audit/past": {"auditor", "/audit/past?product=" + d.id},
		"/procedures": {"office", "/procedures"}, "/procedures/:name/:version": {"office", "/procedures/ocop/2026"},
		"/recognised": {"", "/recognised?status=all"}, "/verify": {"", "/verify"}, "/verify/:number": {"", "/verify/" + number}, "/offline.html": {"", "/offline.html"},
	}
}

var getRoute = regexp.MustCompile(`e\.GET\("([^"]+)"`)

// everyPage is held against WCAG in both themes and visited at every width; a
// route that nobody looks at fails.
func (d *day) everyPage(session string) {
	files, err := filepath.Glob("../web/*.go")
	if err != nil {
		d.t.Fatal(err)
	}
	var text []byte
	for _, name := range files { // each mounts pages of its own
		more, err := os.ReadFile(name)
		if err != nil {
			d.t.Fatal(err)
		}
		text = append(text, more...)
	}
	pages := d.pages(session)
	people := map[string]*person{}
	seen := 0
	for _, m := range getRoute.FindAllStringSubmatch(string(text), -1) {
		route := m[1]
		page, ok := pages[route]
		if !ok {
			if !strings.Contains(strings.Join(notPages, " ")+" ", route+" ") {
				d.t.Errorf("nobody looks at %s", route)
			}
			continue
		}
		for i, lang := range []string{"vi", "en"} {
			p := people[page[0]+lang]
			if p == nil {
				if p = d.o.visit(d.t, lang, true); page[0] != "" {
					p = d.o.enter(d.t, lang, page[0], true)
				}
				people[page[0]+lang] = p
			}
			p.accessible(page[1])
			p.fits(page[1], []string{"light", "dark"}[i])
		}
		seen++
	}
	d.t.Logf("%d pages, in two languages, two themes and three widths; pictures in %s", seen, output)
	if seen < 60 {
		d.t.Errorf("only %d pages were seen", seen)
	}
}

var (
	identity = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	odd      = regexp.MustCompile(`[^a-z0-9]+`)
)

// plain is an address as the name of a file, alike in every run.
func plain(path string) string {
	return strings.Trim(odd.ReplaceAllString(strings.ToLower(identity.ReplaceAllString(path, "id")), "-"), "-")
}
