package ledger

// canonical writes the entry's bytes key by key in their order. As a map they
// took a tenth of what a move allocates; the form is that of Canonical, which a
// test holds against this.
func (d Draft) canonical(p Place) (_ []byte, err error) {
	size := 1024
	for _, r := range d.Rows {
		size += len(r) + 1
	}
	w := writer{b: make([]byte, 0, size)}
	w.b = append(w.b, '{')
	w.raw("actor")
	w.actor(d.Actor)
	if data := d.data(); len(data) > 0 {
		w.value("data", data)
	}
	w.text("event", d.Event)
	if len(d.Facts) > 0 {
		w.value("facts", d.Facts)
	}
	w.maybe("from", d.From)
	w.maybe("key", d.Key)
	w.text("kind", d.Kind)
	w.maybe("level", d.Level)
	w.text("prev", p.Prev)
	if d.Procedure != (Procedure{}) {
		w.raw("procedure")
		w.object("hash", d.Procedure.Hash, "name", d.Procedure.Name, "version", d.Procedure.Version)
	}
	if d.Product != "" && d.Stream != "product:"+d.Product {
		w.text("product", d.Product)
	}
	if len(d.Refs) > 0 {
		w.value("refs", d.Refs)
	}
	w.maybe("round", d.Round)
	if len(d.Rows) > 0 {
		w.value("rows", d.Rows)
	}
	w.value("seq", p.Seq)
	w.text("stream", d.Stream)
	w.text("time", p.At.UTC().Format(timeForm))
	w.maybe("to", d.To)
	w.maybe("track", d.Track)
	w.value("v", 1)
	return append(w.b, '}'), w.err
}

// writer appends keys and values; the first error is kept.
type writer struct {
	b   []byte
	err error
}

// raw writes a key, and the comma before it.
func (w *writer) raw(key string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(append(append(w.b, '"'), key...), `":`...)
}

func (w *writer) put(b []byte, err error) {
	if err == nil {
		w.b = b
	} else if w.err == nil {
		w.err = err
	}
}

func (w *writer) value(key string, v any) {
	w.raw(key)
	w.put(appendValue(w.b, v))
}

func (w *writer) text(key, s string) {
	w.raw(key)
	w.put(appendString(w.b, s))
}

// maybe writes a text that may be missing.
func (w *writer) maybe(key, s string) {
	if s != "" {
		w.text(key, s)
	}
}

// object writes keys and texts, given in the order of the keys.
func (w *writer) object(pairs ...string) {
	w.b = append(w.b, '{')
	for i := 0; i < len(pairs); i += 2 {
		w.text(pairs[i], pairs[i+1])
	}
	w.b = append(w.b, '}')
}

func (w *writer) actor(a Actor) {
	w.b = append(w.b, '{')
	if len(a.Grants) > 0 {
		w.raw("grants")
		w.b = append(w.b, '[')
		for i, g := range a.Grants {
			if i > 0 {
				w.b = append(w.b, ',')
			}
			w.object("role", g.Role, "unit", g.Unit)
		}
		w.b = append(w.b, ']')
	}
	w.text("id", a.ID)
	w.b = append(w.b, '}')
}
