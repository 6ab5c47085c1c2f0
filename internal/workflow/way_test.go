package workflow_test

import (
	"slices"
	"testing"

	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// The way is the shortest one: a renewal of 2026 is inspected only where the
// office asks for it. The event that opens a round comes before it.
func TestTheWayToACertificate(t *testing.T) {
	t.Parallel()
	lib := library(t)
	first := []ocop.State{"idea_registered", "commune_confirmed", "plan_approved", "field_inspection", "council_scored", "certified"}
	renewal := map[string][]ocop.State{"2023": {"renewal", "field_inspection", "council_scored", "certified"}, "2026": {"renewal", "council_scored", "certified"}}
	renewal["2025"] = renewal["2023"]
	for _, version := range []string{"2023", "2025", "2026"} {
		r := lib.Pinned("ocop", version)
		for track, want := range map[ocop.Track][]ocop.State{"first": first, "upgrade": first, "renewal": renewal[version]} {
			if got := r.StatesToGoal(track); !slices.Equal(got, want) {
				t.Errorf("%s %s: %v, want %v", version, track, got, want)
			}
		}
		way := r.Way("upgrade", "certified", false)
		if len(way) == 0 || way[0] != (workflow.Step{Event: "begin_upgrade", To: "idea_registered"}) || way[len(way)-1].Event != "certify" {
			t.Errorf("%s: an upgrade goes by %v", version, way)
		}
		if way := r.Way("first", "withdrawn", false); way != nil {
			t.Errorf("%s: a first round of what was withdrawn goes by %v", version, way)
		}
		depth := r.Depths("upgrade")
		if depth["begin_upgrade"] != 0 || depth["confirm"] != 1 || depth["approve_plan"] >= depth["open_inspection"] || depth["score"] >= depth["certify"] {
			t.Errorf("%s: %v", version, depth)
		}
	}
}
