package casework

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"ocopflow/internal/fault"
	"ocopflow/internal/ledger"
	"ocopflow/internal/sqldb"
	"ocopflow/internal/store"
	"ocopflow/internal/workflow"
)

// quietFor is how long the same refusal of the same person is not entered again.
const quietFor = time.Minute

// refusal is the entry of a move refused for who asked or by the rules; none
// when the same was entered within a minute.
func (m moves) refusal(ctx context.Context, q sqldb.Querier, x *dossier, rules *workflow.Rules, ask Ask, f *fault.Error, now time.Time) ([]ledger.Draft, error) {
	stream := "product:" + x.product.ID
	if ask.New != nil {
		stream = "producer:" + x.product.Producer.ID
	}
	d := x.draft(rules, ask, ledger.KindRefusal)
	d.Stream = stream
	return Refused(ctx, q, d, f, now)
}

// Refused makes a draft the entry of a refusal; none when the same person was
// refused the same within a minute.
func Refused(ctx context.Context, q sqldb.Querier, d ledger.Draft, f *fault.Error, now time.Time) ([]ledger.Draft, error) {
	codes := reasonCodes(f)
	recent, err := store.RecentRefusals(ctx, q, d.Stream, d.Actor.ID, now.Add(-quietFor))
	if err != nil {
		return nil, err
	}
	for _, line := range recent {
		if line.Event == d.Event && slices.Equal(enteredCodes(line.Body), codes) {
			return nil, nil
		}
	}
	reasons := make([]any, len(f.Reasons))
	for i, r := range f.Reasons {
		reasons[i] = ledger.Map{"code": r.Code, "actual": clip(r.Actual), "required": clip(r.Required)}
	}
	d.Data = ledger.Map{"code": f.Code, "reasons": reasons}
	return []ledger.Draft{d}, nil
}

// clip bounds a value that a person may have typed at will.
func clip(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

func reasonCodes(f *fault.Error) []string {
	codes := []string{}
	for _, r := range f.Reasons {
		codes = append(codes, r.Code+":"+clip(r.Required))
	}
	slices.Sort(codes)
	return codes
}

func enteredCodes(body string) []string {
	var e struct {
		Data struct {
			Reasons []struct{ Code, Required string }
		}
	}
	codes := []string{}
	if json.NewDecoder(strings.NewReader(body)).Decode(&e) == nil {
		for _, r := range e.Data.Reasons {
			codes = append(codes, r.Code+":"+r.Required)
		}
	}
	slices.Sort(codes)
	return codes
}
