package web

import (
	"slices"

	"ocopflow/internal/fault"
	"ocopflow/internal/ocop"
	"ocopflow/internal/privacy"
	"ocopflow/internal/store"
)

// Fields that hold the names of people in the entries of a trip and of a training.
var (
	namesOfTrip     = []string{"trip_guests.name"}
	namesOfTraining = []string{"trainees.name", "trainees.phone", "trainings.lecturers"}
)

// Forgets reports whether the reader forgets personal values in a place.
func (p *page) Forgets(place ocop.Path) bool { return privacy.May(p.session.Actor, place) }

// forget erases the names of people from every entry of a trip or a training. It
// cannot be taken back, so the form asks for a tick beside the reason. What was
// forgotten before is left alone: it may be asked for again.
func (s *Site) forget(p *page, stream string, fields []string) error {
	if p.Typed("sure") == "" {
		return fault.New(fault.Invalid, "not_confirmed", "Hãy đánh dấu xác nhận: việc xóa không thể hoàn tác.", "Tick that you are sure: an erasure cannot be taken back.")
	}
	for after := int64(0); ; {
		list, err := store.StreamOf(p.ctx, s.DB, stream, after, perPage)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, l := range list {
			for _, field := range fields {
				r := privacy.Request{Entry: l.Index, Fields: []string{field}, Reason: p.Typed("reason"), Actor: p.session.Actor}
				if _, err := s.Privacy.Erase(p.ctx, r); err != nil && !slices.Contains([]string{"nothing_private", "erased_already"}, fault.Of(err).Code) {
					return err
				}
			}
			after = l.Seq
		}
	}
}
