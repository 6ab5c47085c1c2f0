package workbook

import (
	"io"

	"github.com/xuri/excelize/v2"

	"ocopflow/internal/ocop"
)

// maxMarks bounds the notes in a marked workbook; further cells are only coloured.
const maxMarks = 2000

// Mark writes a workbook again with its bad cells coloured, each with a note
// that says what is wrong. Nothing else of it changes.
//
// Faults: workbook_unreadable (Invalid).
func Mark(w io.Writer, file io.Reader, sheet string, list []Bad, lang ocop.Lang) error {
	f, err := excelize.OpenReader(file, excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return unreadable(err)
	}
	defer func() { _ = f.Close() }() // nothing of it lies on the disk
	red := map[int]int{}             // style of a bad cell, by the style it had
	notes := map[string]string{}     // by cell
	for _, b := range list {
		_, seen := notes[b.Cell]
		if notes[b.Cell] += b.Message.In(lang) + "\n"; seen {
			continue
		}
		style, err := f.GetCellStyle(sheet, b.Cell)
		if err != nil {
			return unreadable(err)
		}
		if _, made := red[style]; !made {
			if red[style], err = reddened(f, style); err != nil {
				return err
			}
		}
		if err := f.SetCellStyle(sheet, b.Cell, b.Cell, red[style]); err != nil {
			return err
		}
	}
	if err := note(f, sheet, list, notes); err != nil {
		return err
	}
	_, err = f.WriteTo(w)
	return err
}

func reddened(f *excelize.File, style int) (int, error) {
	s, err := f.GetStyle(style)
	if err != nil {
		return 0, err
	}
	s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFC7CE"}}
	return f.NewStyle(s)
}

// note says what is wrong in the cells' own notes, in place of any that was there.
func note(f *excelize.File, sheet string, list []Bad, notes map[string]string) error {
	old, err := f.GetComments(sheet)
	if err != nil {
		return unreadable(err)
	}
	for _, c := range old {
		if notes[c.Cell] != "" {
			if err := f.DeleteComment(sheet, c.Cell); err != nil {
				return err
			}
		}
	}
	made := 0
	for _, b := range list {
		text := notes[b.Cell]
		if delete(notes, b.Cell); text == "" || made == maxMarks {
			continue
		}
		made++
		if err := f.AddComment(sheet, excelize.Comment{Cell: b.Cell, Author: "ocopflow", Text: cut(text, 1000), Width: 260, Height: 90}); err != nil {
			return err
		}
	}
	return nil
}
