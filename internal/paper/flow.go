package paper

import (
	"strings"
	"unicode"
)

// printable leaves out what our fonts and the writer of PDF know nothing of:
// characters beyond the first plane, and those that steer.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r > 0xFFFF || r >= 0xD800 && r <= 0xDFFF:
			return '\uFFFD'
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
}

// piece is a part of a word in one look.
type piece struct {
	text, style string
	width       float64
}

// word stands between two spaces; a forced line end is a word of its own.
type word struct {
	pieces []piece
	width  float64
	ends   bool // the line
}

// words cuts runs at their spaces; a word may change its look inside.
func (p *printer) words(runs []Run) []word {
	var out []word
	open := false // the last word may go on
	for _, r := range runs {
		style := ""
		if r.Bold {
			style = "B"
		}
		if r.Italic {
			style += "I"
		}
		p.SetFont(family, style, textSize)
		for i, line := range strings.Split(printable(r.Text), "\n") {
			if i > 0 {
				out, open = append(out, word{ends: true}), false
			}
			for j, part := range strings.Split(line, " ") {
				if j > 0 {
					open = false
				}
				if part == "" {
					continue
				}
				for k, bit := range p.fitting(part) {
					x := piece{bit, style, p.GetStringWidth(bit)}
					if open && k == 0 {
						w := &out[len(out)-1]
						w.pieces, w.width = append(w.pieces, x), w.width+x.width
					} else {
						out = append(out, word{pieces: []piece{x}, width: x.width})
					}
					open = true
				}
			}
		}
	}
	return out
}

// fitting cuts a word that is longer than a line.
func (p *printer) fitting(text string) []string {
	room := p.width() - firstLine
	if p.GetStringWidth(text) <= room {
		return []string{text}
	}
	var out []string
	width, from := 0.0, 0
	for i, r := range text {
		w := p.GetStringWidth(string(r))
		if width+w > room && i > from {
			out, from, width = append(out, text[from:i]), i, 0
		}
		width += w
	}
	return append(out, text[from:])
}

// flow sets words in lines between the margins, its first line indented; J gives
// all lines but the last one the full width.
func (p *printer) flow(runs []Run, align string, indent float64) {
	words := p.words(runs)
	p.SetFont(family, "", textSize)
	space := p.GetStringWidth(" ")
	if len(words) == 0 {
		p.Ln(lineHeight)
	}
	for len(words) > 0 {
		room, n, width := p.width()-indent, 0, 0.0
		for n < len(words) && !words[n].ends {
			w := words[n].width
			if n > 0 {
				w += space
			}
			if n > 0 && width+w > room {
				break
			}
			width += w
			n++
		}
		forced := n < len(words) && words[n].ends
		gap, x := space, marginLeft+indent
		switch {
		case align == "C":
			x += (room - width) / 2
		case align == "J" && n > 1 && n < len(words) && !forced:
			gap += (room - width) / float64(n-1)
		}
		p.need(lineHeight)
		p.line(words[:n], x, gap)
		if words = words[n:]; forced {
			words = words[1:]
		}
		indent = 0
	}
}

func (p *printer) line(words []word, x, gap float64) {
	y := p.GetY()
	for i, w := range words {
		if i > 0 {
			x += gap
		}
		for _, piece := range w.pieces {
			p.SetFont(family, piece.style, textSize)
			p.Text(x, y+lineHeight*0.72, piece.text)
			x += piece.width
		}
	}
	p.SetXY(marginLeft, y+lineHeight)
}
