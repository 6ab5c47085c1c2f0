//go:build unix

package app

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ocopflow/internal/dbtest"
)

// stranger sends what the API's own document allows, and what it does not.
type stranger struct {
	*office
	random     *rand.Rand
	schemas    map[string]any
	operations []operation
	things     map[string]string
	words      []string // that mean something to this office
	who        []string
}

type operation struct {
	method, path string
	params       []map[string]any
	body         map[string]any // schema; nil without a body
	form         bool           // multipart
}

// leftOut operations end the session that asks, or move the time for all.
var leftOut = []string{"DELETE /api/v1/auth/session", "PUT /api/v1/demo/clock", "GET /api/v1/events"}

func meet(t testing.TB, address string) *stranger {
	o := openOffice(t, address)
	things, _ := o.things()
	s := &stranger{office: o, things: things, who: []string{"admin", "office-province", "leader-province", "producer-" + fishSauce, "secretary-province", "member-province-1", "auditor", "privacy", ""}}
	doc := o.must(200, o.ask("", "GET", "/api/openapi.json", nil)).body
	s.schemas = doc["components"].(map[string]any)["schemas"].(map[string]any)
	paths := doc["paths"].(map[string]any)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path].(map[string]any)
		for _, method := range slices.Sorted(maps.Keys(item)) {
			op, ok := item[method].(map[string]any)
			if !ok || slices.Contains(leftOut, strings.ToUpper(method)+" "+path) {
				continue
			}
			x := operation{method: strings.ToUpper(method), path: path}
			list, _ := op["parameters"].([]any)
			for _, p := range list {
				x.params = append(x.params, p.(map[string]any))
			}
			body, _ := op["requestBody"].(map[string]any)
			kinds, _ := body["content"].(map[string]any)
			for kind, c := range kinds {
				x.form = strings.HasPrefix(kind, "multipart/")
				x.body, _ = c.(map[string]any)["schema"].(map[string]any)
			}
			s.operations = append(s.operations, x)
		}
	}
	s.words = slices.Sorted(maps.Values(things))
	return s
}

var oddities = []any{nil, true, 0, -1, 1 << 53, -9.5e300, "", " ", "\x00", "\ufffe", "'; DROP TABLE products; --", "../../etc/passwd", strings.Repeat("ạ", 3000), "2024-02-30", "9999-12-31", "0000-00-00",
	"2026-06-01", "2026-06-01T01:00:00Z", "2026-06-01T01:00:00+99:99", []any{}, map[string]any{}, []any{nil}, map[string]any{"": map[string]any{"$ref": "#"}}, "NaN", "1e9", "%00", "\u202e"}

// value is one of a schema, or not.
func (s *stranger) value(schema map[string]any, depth int) any {
	if s.random.IntN(12) == 0 {
		return oddities[s.random.IntN(len(oddities))]
	}
	if ref, ok := schema["$ref"].(string); ok {
		schema, _ = s.schemas[ref[strings.LastIndexByte(ref, '/')+1:]].(map[string]any)
	}
	for _, of := range []string{"oneOf", "anyOf", "allOf"} {
		if list, ok := schema[of].([]any); ok && len(list) > 0 {
			return s.value(list[s.random.IntN(len(list))].(map[string]any), depth)
		}
	}
	if enum, ok := schema["enum"].([]any); ok {
		return enum[s.random.IntN(len(enum))]
	}
	kind, _ := schema["type"].(string)
	if list, ok := schema["type"].([]any); ok {
		kind, _ = list[s.random.IntN(len(list))].(string)
	}
	if depth > 6 {
		return nil
	}
	switch kind {
	case "object":
		out := map[string]any{}
		properties, _ := schema["properties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			if s.random.IntN(5) > 0 {
				out[name] = s.value(properties[name].(map[string]any), depth+1)
			}
		}
		if s.random.IntN(4) == 0 || properties == nil {
			more, _ := schema["additionalProperties"].(map[string]any)
			out[s.words[s.random.IntN(len(s.words))]] = s.value(more, depth+1)
		}
		return out
	case "array":
		items, _ := schema["items"].(map[string]any)
		out := []any{}
		for range s.random.IntN(4) {
			out = append(out, s.value(items, depth+1))
		}
		return out
	case "integer", "number":
		return []any{0, 1, 3, 9, 50, 100, 2026, -1, 1 << 31, 1 << 62, 0.5}[s.random.IntN(11)]
	case "boolean":
		return s.random.IntN(2) == 0
	}
	switch schema["format"] {
	case "date":
		return fmt.Sprintf("20%02d-%02d-%02d", s.random.IntN(40), s.random.IntN(13), s.random.IntN(32))
	case "date-time":
		return time.Unix(s.random.Int64N(4e9), 0).UTC().Format(time.RFC3339)
	}
	return s.words[s.random.IntN(len(s.words))]
}

func (s *stranger) text(v any) string {
	if t, ok := v.(string); ok {
		return t
	}
	b, _ := json.Marshal(v) // all of them can be written
	return string(b)
}

// request is one that fits an operation more or less.
func (s *stranger) request(x operation) (*http.Request, string) {
	path, query := x.path, url.Values{}
	header := http.Header{}
	for _, p := range x.params {
		name, _ := p["name"].(string)
		schema, _ := p["schema"].(map[string]any)
		v := s.text(s.value(schema, 0))
		switch p["in"] {
		case "path":
			before := strings.Split(path[:strings.Index(path, "{"+name)], "/")
			if known := s.things[before[len(before)-2]]; known != "" && s.random.IntN(5) > 0 {
				v = known
			}
			path = strings.Replace(path, "{"+name+"}", url.PathEscape(v), 1)
		case "query":
			if name == "cursor" {
				v = base64.RawURLEncoding.EncodeToString([]byte([]string{v, "\xff\xfe", "a\x1fb", "1|2|3", "9999999999999999999", "-1", v + ":" + v}[s.random.IntN(7)]))
			}
			if s.random.IntN(3) > 0 {
				query.Add(name, v)
			}
		case "header":
			if s.random.IntN(3) == 0 {
				header.Set(name, strings.Map(func(r rune) rune {
					if r < ' ' || r > '~' {
						return -1
					}
					return r
				}, v))
			}
		}
	}
	var body []byte
	header.Set("Content-Type", "application/json")
	switch {
	case x.form:
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		properties, _ := x.body["properties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			if p := properties[name].(map[string]any); p["format"] == "binary" {
				w, _ := form.CreateFormFile(name, s.text(s.value(map[string]any{"type": "string"}, 0))) // into memory
				w.Write([]byte(s.text(oddities[s.random.IntN(len(oddities))])))
			} else {
				form.WriteField(name, s.text(s.value(p, 0)))
			}
		}
		form.Close()
		body = b.Bytes()
		header.Set("Content-Type", form.FormDataContentType())
	case x.body != nil:
		body, _ = json.Marshal(s.value(x.body, 0)) // all of them can be written
		if s.random.IntN(10) == 0 && len(body) > 0 {
			body[s.random.IntN(len(body))] ^= byte(1 + s.random.IntN(255))
		}
	}
	r, err := http.NewRequest(x.method, s.address+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	who := s.who[s.random.IntN(len(s.who))]
	if r.Header = header; who != "" {
		r.Header.Set("Authorization", "Bearer "+s.tokens[who])
	}
	return r, who + ": " + x.method + " " + r.URL.RequestURI() + " " + string(body)
}

// asks sends one request; whatever it is, the answer is one that the API gives.
func (s *stranger) asks(t testing.TB, x operation, seed uint64) {
	t.Helper()
	s.t = t // a fuzzed target may not use the fuzzer's own
	s.random = rand.New(rand.NewPCG(seed, 1))
	r, told := s.request(x)
	a := s.send(r)
	if a.status >= 500 && a.status != http.StatusServiceUnavailable {
		t.Errorf("seed %d: %.1500s\n%d %.300s", seed, told, a.status, a.text)
	}
	if a.status >= 400 && !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") && a.body["bad"] == nil { // an import tells its bad cells
		t.Errorf("seed %d: %.1500s\n%d is no problem document: %s %.300s", seed, told, a.status, a.header.Get("Content-Type"), a.text)
	}
}

// TestTheAPITakesWhateverComes asks every operation of the OpenAPI document a few
// times. `make fuzz` goes on with FuzzAPI.
func TestTheAPITakesWhateverComes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, address string) {
		s := meet(t, address)
		base := uint64(time.Now().UnixNano())
		for i, x := range s.operations {
			for n := range 5 {
				s.asks(t, x, base+uint64(10*i+n))
			}
		}
		t.Logf("%d operations, seed %d", len(s.operations), base)
	})
}

// FuzzAPI runs on SQLite, or on Postgres where OCOPFLOW_FUZZ says so.
func FuzzAPI(f *testing.F) {
	for i := range 20 {
		f.Add(uint16(i), uint64(i))
	}
	address := dbtest.SQLite(f)
	if os.Getenv("OCOPFLOW_FUZZ") == "postgres" {
		address = dbtest.Postgres(f)
	}
	s := meet(f, address)
	f.Fuzz(func(t *testing.T, operation uint16, seed uint64) {
		s.asks(t, s.operations[int(operation)%len(s.operations)], seed)
	})
}
