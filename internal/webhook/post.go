package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"ocopflow/internal/store"
)

// maxAnswer is how much of an answer is read, so that the connection can serve
// again. It is not kept: a receiver's words are none of ours.
const maxAnswer = 4 << 10

// post sends one event. The attempt says how that went; gone that the receiver
// wants no more.
func (d *Desk) post(ctx context.Context, w store.Webhook, id string, body []byte) (a store.Attempt, gone bool) {
	begun := time.Now()
	status, err := d.ask(ctx, w, id, body)
	a = store.Attempt{At: d.Clock(), Status: status, Millis: time.Since(begun).Milliseconds()}
	if err != nil {
		a.Error = brief(err)
	} else if status < 200 || status > 299 {
		a.Error = http.StatusText(status)
	}
	return a, status == http.StatusGone
}

func (d *Desk) ask(ctx context.Context, w store.Webhook, id string, body []byte) (int, error) {
	signatures, at, err := d.sign(w, id, body)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
	r.Header.Set("User-Agent", d.Agent)
	r.Header.Set(standardwebhooks.HeaderWebhookID, id)
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, signatures)
	got, err := d.http().Do(r)
	if err != nil {
		return 0, err
	}
	defer got.Body.Close()
	_, _ = io.CopyN(io.Discard, got.Body, maxAnswer) // the status is the answer
	return got.StatusCode, nil
}

// sign signs with the secret, and with the one before it for as long as that
// holds. The moment is the world's: receivers refuse what is old.
func (d *Desk) sign(w store.Webhook, id string, body []byte) (string, time.Time, error) {
	now := time.Now()
	sealed := []string{w.Secret}
	if w.OldSecret != "" && w.OldUntil != nil && now.Before(*w.OldUntil) {
		sealed = append(sealed, w.OldSecret)
	}
	var out []string
	for _, s := range sealed {
		secret, err := d.People.Unseal("webhook "+w.ID, s)
		if err != nil {
			return "", now, fmt.Errorf("the server cannot read the secret: %w", err)
		}
		key, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return "", now, err
		}
		signature, err := key.Sign(id, now, body)
		if err != nil {
			return "", now, err
		}
		out = append(out, signature)
	}
	return strings.Join(out, " "), now, nil
}

// brief is what went wrong, without the address, which may hold a secret.
func brief(err error) string {
	if errors.Is(err, errPrivate) { // not where a name leads to in our network
		return errPrivate.Error()
	}
	var u *url.Error
	if errors.As(err, &u) {
		if u.Timeout() {
			return "no answer in time"
		}
		err = u.Err
	}
	text := err.Error()
	return text[:min(len(text), 300)]
}
