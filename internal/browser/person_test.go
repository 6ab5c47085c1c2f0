//go:build unix

package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

//go:embed find.js
var findJS string

// patience is how long anything may take on a busy machine.
const patience = 4 * time.Minute

// person is somebody at a browser of their own.
type person struct {
	t    *testing.T
	ctx  context.Context
	o    *office
	name string
	lang string
}

// visit opens a browser window of one's own, with nobody signed in.
func (o *office) visit(t *testing.T, lang string, scripts bool) *person {
	t.Helper()
	ctx, cancel := chromedp.NewContext(o.chrome, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &person{t: t, ctx: ctx, o: o, lang: lang}
	// The first run starts the window, which lives as long as its context.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1100, 780)); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}); err != nil {
		t.Fatal(err)
	}
	p.cookie("ocopflow_lang", lang)
	return p
}

// enter is visit, signed in as somebody of the demo.
func (o *office) enter(t *testing.T, lang, name string, scripts bool) *person {
	t.Helper()
	p := o.visit(t, lang, scripts)
	p.name = name
	p.open("/sign-in")
	p.fill(p.w("Tên đăng nhập", "Name"), name)
	p.fill(p.w("Mật khẩu", "Password"), o.password)
	p.press(p.w("Đăng nhập", "Sign in"))
	p.see(p.w("Đăng xuất", "Sign out"))
	return p
}

// w is a word in the person's language.
func (p *person) w(vi, en string) string {
	if p.lang == "en" {
		return en
	}
	return vi
}

func (p *person) cookie(name, value string) {
	p.t.Helper()
	cookies := []*network.CookieParam{{Name: name, Value: value, URL: p.o.address}}
	if _, err := chromedp.Call(p.ctx, network.SetCookies, network.SetCookiesParams{Cookies: cookies}); err != nil {
		p.t.Fatal(err)
	}
}

// do runs steps, with patience.
func (p *person) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.fail("%v", err)
	}
}

// tell evaluates a script and gives what it says.
func tell[T any](p *person, script string, options ...chromedp.EvaluateOption) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, options...))
	if err != nil {
		p.fail("%.100s: %v", script, err)
	}
	return v
}

// fail ends the test with what the person sees.
func (p *person) fail(format string, args ...any) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`)) // as far as it goes
	if shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(filepath.Join(output, "failed-"+strings.ReplaceAll(p.t.Name(), "/", "-")+".png"), shot, 0o600) // likewise
	}
	p.t.Fatalf("%s: %s\n%s", p.name, fmt.Sprintf(format, args...), text)
}

// going makes steps that lead to another page, and waits until it is there.
func (p *person) going(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, steps...); err != nil {
		p.fail("%v", err)
	}
}

func (p *person) open(path string) {
	p.t.Helper()
	p.going(chromedp.Navigate(p.o.address + path))
}

// find marks what is written so, and fails when it is not on the page.
func (p *person) find(kind, text string) string {
	p.t.Helper()
	found := tell[string](p, fmt.Sprintf("(%s)(%q, %s, 0)", findJS, kind, quote(text)))
	if found == "" {
		p.fail("there is no %s %q", kind, text)
	}
	return found
}

// marked is what was found last.
const marked = chromedp.CSS("[data-found]")

// press presses a button or a link, which leads to a page. A picture that comes late
// pushes what is below it from under the pointer: then it is pressed once more.
func (p *person) press(text string) {
	p.t.Helper()
	p.find("press", text)
	ctx, cancel := context.WithTimeout(p.ctx, patience/4)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(marked)); err == nil {
		return
	}
	p.find("press", text)
	p.going(chromedp.Click(marked))
}

// unfold opens what is folded away under a heading, unless it is open.
func (p *person) unfold(text string) {
	p.t.Helper()
	p.find("press", text)
	if !tell[bool](p, `document.querySelector("[data-found]").closest("details")?.open === true`) {
		p.do(chromedp.Click(marked))
	}
}

// fill writes into a field.
func (p *person) fill(label, text string) {
	p.t.Helper()
	value := ""
	dated := strings.Contains(p.find("field", label), "date")
	if dated {
		value = text // what a person types depends on the device's language
	}
	tell[bool](p, fmt.Sprintf(`(() => { const e = document.querySelector("[data-found]"); e.value = %s; e.dispatchEvent(new Event("input", { bubbles: true })); return true; })()`, quote(value)))
	if !dated {
		p.do(chromedp.SendKeys(marked, text))
	}
}

// choose picks from a list, by the beginning of what the line says.
func (p *person) choose(label, option string) {
	p.t.Helper()
	p.find("field", label)
	if !tell[bool](p, fmt.Sprintf(`(() => { const s = document.querySelector("[data-found]"), o = [...s.options].find((o) => o.text.trim().startsWith(%s)); if (!o) return false; s.value = o.value; s.dispatchEvent(new Event("input", { bubbles: true })); s.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`, quote(option))) {
		p.fail("%q does not offer %q", label, option)
	}
}

// tick clicks a box or a dot.
func (p *person) tick(selector string) {
	p.t.Helper()
	p.find("selector", selector)
	p.do(chromedp.Click(marked))
}

// bring chooses a file for a field.
func (p *person) bring(label, name string, content []byte) {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.find("field", label)
	p.do(chromedp.SetUploadFiles(marked, []string{file}))
}

// see waits until the page says something.
func (p *person) see(text string) {
	p.t.Helper()
	p.await(fmt.Sprintf(`document.body.innerText.includes(%s)`, quote(text)), "the page does not say %q", text)
}

// await waits until something holds.
func (p *person) await(holds, format string, args ...any) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	var err error
	for ctx.Err() == nil {
		_, err = chromedp.Run(ctx, chromedp.PollFunction[bool]("() => "+holds, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(patience)))
		if err == nil || !strings.Contains(err.Error(), "Cannot find context") { // the page was just being replaced
			break
		}
	}
	if err != nil {
		p.fail(format+": "+err.Error(), args...)
	}
}

func quote(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
}

// at is the address that the person is at, without the host.
func (p *person) at() string {
	p.t.Helper()
	return tell[string](p, `location.pathname`)
}
