//go:build unix

package app

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ocopflow/internal/dbtest"
)

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// strangers ask in turn, as the columns of the table: nobody, and who has
// nothing to do with the product, the account and the unit that is asked about.
var strangers = []string{"", "commune-cam-quang", "producer-gao-xuyen-huong", "dept-stranger", "member-ministry-5"}

// routesOfAPI are the operations of the published document.
func (o *office) routesOfAPI() []string {
	o.t.Helper()
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(o.must(200, o.ask("", "GET", "/api/openapi.json", nil)).text), &doc); err != nil {
		o.t.Fatal(err)
	}
	var out []string
	for path, methods := range doc.Paths {
		for method := range methods {
			out = append(out, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(out)
	return out
}

// Every route of the API answers as the table says to those who have no part in
// what is asked about. A new route needs a line.
func TestEveryRouteIsClosedToStrangers(t *testing.T) {
	t.Parallel()
	o := openOffice(t, dbtest.SQLite(t))
	o.person("dept-stranger", "department", "cam-quang")
	product := o.product(simWine)
	boss := o.must(200, o.ask("office", "GET", "/api/v1/auth/session", nil)).body["id"].(string)
	text, _ := os.ReadFile("testdata/routes.txt")
	want := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if route, cells, ok := strings.Cut(strings.TrimSpace(line), " | "); ok {
			want[route] = cells
		}
	}
	routes := o.routesOfAPI()
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		path = placeholder.ReplaceAllStringFunc(path, func(name string) string {
			if strings.HasPrefix(path, "/api/v1/accounts") {
				return boss
			}
			return product
		})
		var cells []string
		for _, who := range strangers {
			if method == "DELETE" && strings.HasSuffix(path, "/auth/session") && who != "" {
				cells = append(cells, "-") // anyone signs out
				continue
			}
			cells = append(cells, fmt.Sprint(o.ask(who, method, path, nil).status))
		}
		if got := strings.Join(cells, " "); got != want[route] {
			t.Errorf("%s | %s, and the table has %q", route, got, want[route])
		}
		delete(want, route)
	}
	for route := range want {
		t.Errorf("the table has %s, which is no route", route)
	}
	t.Logf("%d routes, %d cells", len(routes), len(routes)*len(strangers))
}
