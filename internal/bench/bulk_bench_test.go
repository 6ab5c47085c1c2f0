//go:build unix

package bench

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The bulk route is for bulk days: so many moves in one request go far faster
// than one by one from one client.
func BenchmarkBulk(b *testing.B) {
	products := 1000
	if n, err := strconv.Atoi(os.Getenv("OCOPFLOW_PRODUCTS")); err == nil {
		products = n
	}
	r := &bench{Settings: Settings{Products: products}, dir: b.TempDir(), settings: map[string]map[string]string{}}
	o, err := r.office(b.Context(), cmp.Or(os.Getenv("OCOPFLOW_BENCH_DATABASE"), "sqlite:"+filepath.Join(r.dir, "x.db")), r.dir)
	if err != nil {
		b.Fatal(err)
	}
	defer r.close()
	client := &http.Client{}
	for b.Loop() {
		one := time.Now()
		for i := range 500 {
			if err := o.lead(b.Context(), 0, 1, &i, o.moveOverHTTP(client)); err != nil {
				b.Fatal(err)
			}
		}
		each := time.Since(one) / 500
		for i := range o.products { // all to the same step
			for o.products[i].next != 1 {
				if err := o.lead(b.Context(), i, len(o.products), new(int), o.move); err != nil {
					b.Fatal(err)
				}
			}
		}
		var items []map[string]any
		for _, p := range o.products {
			items = append(items, map[string]any{"product": p.id, "event": o.steps[1].event, "data": o.steps[1].data})
		}
		began := time.Now()
		answer, err := o.bulk(b.Context(), client, items)
		if err != nil {
			b.Fatal(err)
		}
		if n := strings.Count(answer, `"status":200`); n != len(items) {
			b.Fatalf("%d of %d stood: %.300s", n, len(items), answer)
		}
		took := time.Since(began) / time.Duration(len(items))
		b.ReportMetric(float64(each.Microseconds()), "alone-µs/move")
		b.ReportMetric(float64(took.Microseconds()), "bulk-µs/move")
		b.ReportMetric(float64(each)/float64(took), "times")
		for i := range o.products {
			o.products[i].next = 2
		}
	}
}

func (o *office) bulk(ctx context.Context, client *http.Client, items []map[string]any) (string, error) {
	body, err := json.Marshal(map[string]any{"items": items})
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, o.address+"/api/v1/transitions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+o.steps[1].token)
	r.Header.Set("Content-Type", "application/json")
	got, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer got.Body.Close()
	answer, err := io.ReadAll(got.Body)
	if err == nil && got.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %.300s", got.Status, answer)
	}
	return string(answer), err
}
