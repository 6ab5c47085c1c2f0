package ledger

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
)

// Whatever is a value of an entry is written as RFC 8785 says, and read back as it
// was.
func FuzzCanonical(f *testing.F) {
	for _, text := range []string{`{"b":[1,-9007199254740991,null,true],"a":"đ\u2028\u0000\"\\/"}`, `{"\ufb33":1,"\ud83d\ude02":2,"\u20ac":3,"\r":4,"1":5,"\u0080":6,"ö":7}`, `"\ud800"`, `[[[[]]]]`, `{"":{"":{}}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var v any
		if d.Decode(&v) != nil {
			return
		}
		v, ok := integral(v)
		if !ok {
			return
		}
		got, err := Canonical(v)
		if err != nil {
			return // a number that is too large, say
		}
		plain, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform(plain)
		if err != nil {
			return // the library takes objects and lists alone
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%q, want %q", got, want)
		}
		d = json.NewDecoder(bytes.NewReader(got))
		d.UseNumber()
		var back any
		if err := d.Decode(&back); err != nil {
			t.Fatal(err)
		}
		if back, _ = integral(back); !reflect.DeepEqual(v, back) {
			t.Fatalf("%v came back as %v", v, back)
		}
	})
}

// integral has int64 in the place of numbers, if they are whole.
func integral(v any) (any, bool) {
	ok := true
	switch v := v.(type) {
	case json.Number:
		n, err := v.Int64()
		return n, err == nil && !strings.Contains(v.String(), "-0")
	case []any:
		for i := range v {
			var fine bool
			v[i], fine = integral(v[i])
			ok = ok && fine
		}
	case map[string]any:
		for k := range v {
			var fine bool
			v[k], fine = integral(v[k])
			ok = ok && fine
		}
	}
	return v, ok
}

// A tile has one address.
func FuzzParseTile(f *testing.F) {
	for _, path := range []string{"0/000", "5/x001/234", "entries/x123/x456/789.p/255", "0/-1", "0/x/x", "0/000.p/256", "00/000", "entries/"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		tile, err := ParseTile(path)
		if err == nil && (tile.Path() != path || tile.Index < 0 || tile.Width < 1 || tile.Width > TileWidth) {
			t.Fatalf("%q is %+v, whose address is %q", path, tile, tile.Path())
		}
		if err == nil {
			_ = tile.Holds(1 << 40)
		}
	})
}
