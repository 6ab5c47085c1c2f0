package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocopflow/internal/ocop"
	"ocopflow/internal/workflow"
)

// inside are the states of a round in each track.
var inside = map[ocop.Track]string{
	"first":   "idea_registered commune_confirmed plan_approved field_inspection council_scored",
	"upgrade": "idea_registered commune_confirmed plan_approved field_inspection council_scored",
	"renewal": "renewal field_inspection council_scored",
}

// table31 is the table of DESIGN 3.1, F,
// U, R and - for the tracks. A line is: event, tracks, states from ("round"
// stands for every state of the track), state to ("=" stays), roles, and the
// track that is opened ("x" for a round that is closed).
const table31 = `
register           -    none                                      idea_registered    producer,office         first
import             -    none                                      certified          office
confirm            FU   idea_registered                           commune_confirmed  commune
accept_idea        FU   commune_confirmed                         =                  leader
approve_plan       FU   commune_confirmed                         plan_approved      leader
open_inspection    FU   plan_approved                             field_inspection   office
send_back          FU   idea_registered                           =                  commune
send_back          FU   commune_confirmed                         idea_registered    office,leader
send_back          FU   plan_approved                             commune_confirmed  office,leader
send_back          FU   field_inspection                          plan_approved      office,secretary
send_back          R    field_inspection                          renewal            office,secretary
score              FUR  field_inspection                          council_scored     secretary
score_in_writing   R    renewal                                   council_scored     secretary
forward            FUR  council_scored                            field_inspection   office
certify            FUR  council_scored                            certified          leader                  x
improve            FU   council_scored                            plan_approved      office
improve            R    council_scored                            renewal            office
expire             -    certified                                 expired            system
begin_renewal      -    certified,expired                         renewal            producer,office         renewal
file_dossier       R    renewal                                   =                  producer
submit_dossier     R    renewal                                   field_inspection   office
begin_upgrade      -    certified                                 idea_registered    producer,office         upgrade
abandon            UR   round                                     certified          producer,office         x
lapse              UR   round                                     expired            producer,office,system  x
withdraw           F    round                                     withdrawn          producer,office         x
reject             F    idea_registered                           withdrawn          commune,leader          x
reject             F    commune_confirmed,plan_approved,field_inspection,council_scored  withdrawn  leader  x
reopen             -    withdrawn,revoked                         idea_registered    producer,office         first
propose_revocation -    certified                                 =                  office
propose_revocation FUR  round                                     =                  office
decline_revocation -    certified                                 =                  leader
decline_revocation FUR  round                                     =                  leader
revoke             -    certified                                 revoked            leader
revoke             FUR  round                                     revoked            leader                  x
`

var tracks = map[rune]ocop.Track{'F': "first", 'U': "upgrade", 'R': "renewal", '-': ocop.NoTrack}

// arrows writes one line for each event, track and state of the table.
func arrows(table string) []string {
	var out []string
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		for _, letter := range f[1] {
			track := tracks[letter]
			from := strings.Split(f[2], ",")
			if f[2] == "round" {
				from = strings.Fields(inside[track])
			}
			for _, state := range from {
				to, round := f[3], ""
				if to == "=" {
					to = state
				}
				if len(f) > 5 {
					round = f[5]
				}
				out = append(out, fmt.Sprintf("%s in %s: %s -> %s by %s %s", f[0], track, state, to, f[4], round))
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestEveryVersionHasTheMovesOfDesign31AndNoOther(t *testing.T) {
	t.Parallel()
	for _, version := range versions {
		want := arrows(table31)
		if version != "2023" {
			want = slices.DeleteFunc(want, func(line string) bool { return strings.HasPrefix(line, "accept_idea ") })
		}
		if version != "2026" { // written opinions are a rule of Decision 26/2026
			want = slices.DeleteFunc(want, func(line string) bool { return strings.HasPrefix(line, "score_in_writing ") })
		}
		if diff := cmp.Diff(want, movesOf(shipped(t, "ocop-"+version))); diff != "" {
			t.Errorf("%s: moves (-DESIGN 3.1 +file):\n%s", version, diff)
		}
	}
}

// movesOf writes one line for each event, track and state of a procedure.
func movesOf(r *workflow.Rules) []string {
	var got []string
	for event, transition := range r.Transitions.All() {
		for _, a := range transition.Arms {
			var by []string
			for _, role := range a.By {
				by = append(by, string(role))
			}
			round := string(a.Opens)
			if a.Closes {
				round = "x"
			}
			for _, track := range a.Tracks {
				for _, from := range a.From {
					to := a.To
					if a.Stay {
						to = from
					}
					got = append(got, fmt.Sprintf("%s in %s: %s -> %s by %s %s", event, track, from, to, strings.Join(by, ","), round))
				}
			}
		}
	}
	slices.Sort(got)
	return got
}

func TestEveryVersionHasTheStatesOfDesign31(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"idea_registered": "Đã đăng ký ý tưởng", "commune_confirmed": "Xã đã xác nhận", "plan_approved": "Phương án được duyệt",
		"field_inspection": "Kiểm tra thực tế", "council_scored": "Hội đồng đã chấm", "certified": "Đã được công nhận, nghỉ",
		"expired": "Hết hạn, nghỉ", "renewal": "Đánh giá lại", "withdrawn": "Đã rút, nghỉ", "revoked": "Bị thu hồi, nghỉ",
	}
	for _, version := range versions {
		got := map[string]string{}
		for name, s := range shipped(t, "ocop-"+version).States.All() {
			got[name] = s.Title.Vi
			if s.Resting {
				got[name] += ", nghỉ"
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: states (-DESIGN 3.1 +file):\n%s", version, diff)
		}
	}
}

func TestReasonIsRequiredWhereDesign31SaysSo(t *testing.T) {
	t.Parallel()
	want := []string{"send_back", "improve", "abandon", "withdraw", "reject", "reopen", "decline_revocation"}
	for _, version := range versions {
		var got []string
		for name, transition := range shipped(t, "ocop-"+version).Transitions.All() {
			if transition.Reason == "required" {
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: events that require a reason (-want +got):\n%s", version, diff)
		}
	}
}

func TestEveryArrowToPlanApprovedOrRenewalPutsTheRoundBackToItsFirstLevel(t *testing.T) {
	t.Parallel()
	for _, version := range versions {
		backs(t, shipped(t, "ocop-"+version))
	}
}

func backs(t *testing.T, r *workflow.Rules) {
	t.Helper()
	for event, transition := range r.Transitions.All() {
		for i, a := range transition.Arms {
			back := (a.To == "plan_approved" || a.To == "renewal") && a.Opens == ""
			effects := append(slices.Clone(transition.Do), a.Do...)
			if got := slices.Contains(effects, "first_level"); got != back {
				t.Errorf("%s, arm %d to %q: first_level %v, want %v", event, i, a.To, got, back)
			}
		}
	}
}
