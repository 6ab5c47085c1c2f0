package job

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Trouble is what went wrong with a task within a day.
type Trouble struct {
	Task   string
	Failed int
	Late   int  // runs that wait, or run, for too long
	Lasts  bool // the last run that is known failed, or one is late
}

const (
	troublesFor = 24 * time.Hour
	lateAfter   = 10 * time.Minute
	maxTroubles = 1000
)

// Troubles lists the tasks that failed or are late, on whichever server.
func (r *Runner) Troubles(ctx context.Context, now time.Time) ([]Trouble, error) {
	found := map[string]*Trouble{}
	of := func(j *rivertype.JobRow) *Trouble {
		var a args
		_ = json.Unmarshal(j.EncodedArgs, &a) // one that cannot be read has no name
		if found[a.Task] == nil {
			found[a.Task] = &Trouble{Task: a.Task}
		}
		return found[a.Task]
	}
	failed, err := r.client.JobList(ctx, river.NewJobListParams().States(rivertype.JobStateDiscarded).OrderBy(river.JobListOrderByFinalizedAt, river.SortOrderDesc).First(maxTroubles))
	if err != nil {
		return nil, err
	}
	for _, j := range failed.Jobs {
		if j.FinalizedAt == nil || now.Sub(*j.FinalizedAt) > troublesFor {
			continue
		}
		t := of(j)
		t.Failed++
		// Had a later run failed too, it would stand here; had the next one come, it
		// would be over.
		every := r.every[t.Task]
		t.Lasts = t.Lasts || now.Sub(*j.FinalizedAt) < every+every/5
	}
	open, err := r.client.JobList(ctx, river.NewJobListParams().States(rivertype.JobStateAvailable, rivertype.JobStateRunning).First(maxTroubles))
	if err != nil {
		return nil, err
	}
	for _, j := range open.Jobs {
		since := j.ScheduledAt
		if j.State == rivertype.JobStateRunning && j.AttemptedAt != nil {
			since = j.AttemptedAt.Add(patience - lateAfter)
		}
		if now.Sub(since) > lateAfter {
			t := of(j)
			t.Late, t.Lasts = t.Late+1, true
		}
	}
	return sorted(found), nil
}

func sorted(found map[string]*Trouble) (out []Trouble) {
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, *found[name])
	}
	return out
}
