package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// CheckJSON refuses what encoding/json would mend in silence: text that is not
// UTF-8, a NUL that no database keeps, a name that one object holds twice.
func CheckJSON(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("invalid UTF-8")
	}
	if nul(data) {
		return errors.New("a NUL character")
	}
	return repeated(json.NewDecoder(bytes.NewReader(data)))
}

// repeated finds a name that an object holds twice: encoding/json would take the
// last in silence, and a sheet with two options for one criterion is wrong.
func repeated(d *json.Decoder) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			if s, _ := name.(string); seen[s] {
				return fmt.Errorf("%q stands twice in one object", s)
			} else {
				seen[s] = true
			}
		}
		if err := repeated(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// nul finds an escaped NUL: \u0000 after an even number of backslashes.
func nul(data []byte) bool {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(`\u0000`))
		if i < 0 {
			return bytes.IndexByte(data, 0) >= 0
		}
		at += i
		slashes := 0
		for j := at - 1; j >= 0 && data[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 0 {
			return true
		}
		at++
	}
}
