// Package story plays the 2024 campaign of Cẩm Xuyên through the HTTP API, from
// the announcement to renewal, and tells it. It is a client: it knows the API
// and nothing of the program behind it. Outcomes are made up and labelled so;
// the producers are real.
package story

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"ocopflow/internal/httpx"
	"ocopflow/internal/ocop"
)

// Account is one who acts in the story.
type Account struct{ Name, Token string }

// client speaks the API for one account at a time.
type client struct {
	ctx     context.Context
	address string
	tokens  map[string]string
	lang    ocop.Lang
}

// refusal is an answer that is not a success.
type refusal struct{ httpx.Problem }

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Code, r.Detail) }

// call sends a request as who and reads the answer into out.
func (c *client) call(who, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	return c.send(who, method, path, "application/json", body, out)
}

func (c *client) send(who, method, path, kind string, body io.Reader, out any) error {
	r, err := http.NewRequestWithContext(c.ctx, method, c.address+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.tokens[who])
	r.Header.Set("Accept-Language", string(c.lang))
	r.Header.Set("Content-Type", kind)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		var p refusal
		if err := json.Unmarshal(text, &p.Problem); err != nil {
			return fmt.Errorf("%s %s: %d %.200s", method, path, answer.StatusCode, text)
		}
		return &p
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	return json.Unmarshal(text, out)
}

// upload brings a document of a kind; its content says that it is made up.
func (c *client) upload(who, product, kind string) error {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, value := range map[string]string{"product": product, "kind": kind} {
		if err := form.WriteField(name, value); err != nil {
			return err
		}
	}
	file, err := form.CreateFormFile("file", kind+".txt")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(file, "Tài liệu mô phỏng / simulated document: %s, %s\n", kind, product); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	return c.send(who, http.MethodPost, "/documents", form.FormDataContentType(), &b, nil)
}

// product is what the story looks at.
type product struct {
	ID, Code, Name, State string
	Stars                 int
	Certificate           *string
	Version               int64
}

func (c *client) products(who string) (map[string]product, error) {
	var page struct{ Items []product }
	if err := c.call(who, http.MethodGet, "/products?limit=200", nil, &page); err != nil {
		return nil, err
	}
	out := map[string]product{}
	for _, p := range page.Items {
		out[p.Code] = p
	}
	return out, nil
}

// codes of a refusal's reasons, sorted.
func (r *refusal) codes() []string {
	var out []string
	for _, x := range r.Reasons {
		out = append(out, x.Code)
	}
	slices.Sort(out)
	return out
}

func quote(list []string) string { return strings.Join(list, ", ") }
