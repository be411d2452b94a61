package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"puy/catalog"
	"puy/geo"
	"puy/ingest"
	"puy/ingest/schedule"
	"puy/ingest/source"
	"puy/store"
)

// refreshing is what the flags of serve say of refreshes.
type refreshing struct {
	on, private bool
	dir         string
	atOnce      int
	deadline    time.Duration
}

func (fs *flagSet) refreshFlags() *refreshing {
	r := &refreshing{}
	fs.BoolVar(&r.on, "ingest", false, "refresh datasets from their sources as source.every of their entries says")
	fs.StringVar(&r.dir, "catalog", ".", "with --ingest: the `folder` that files of sources are relative to")
	fs.BoolVar(&r.private, "allow-private", false, "sources and archives of tiles may be at addresses of private networks")
	fs.IntVar(&r.atOnce, "ingest-at-once", 2, "with --ingest: the `number` of datasets that are refreshed at once")
	fs.DurationVar(&r.deadline, "ingest-deadline", time.Hour, "with --ingest: the `time` after which a refresh is given up")
	return r
}

// run begins the refreshes, and gives what waits for their end, which the end
// of ctx brings about. That one fails says nothing of what is served.
func (r *refreshing) run(ctx context.Context, env *environment, st refreshingStore, temp string, log *slog.Logger) (wait func(), err error) {
	if !r.on {
		return func() {}, nil
	}
	if r.atOnce < 1 || r.deadline <= 0 {
		return nil, geo.Errorf(geo.KindUsage, "--ingest-at-once and --ingest-deadline want more than nothing")
	}
	if err := os.MkdirAll(temp, 0o755); err != nil {
		return nil, geo.Errorf(geo.KindUnavailable, "cannot make the folder for sources: %w", err)
	}
	// What a process that was killed has left; others may use the same folder.
	if err := source.Sweep(temp, 2*r.deadline); err != nil {
		log.Warn("files of earlier refreshes stay", "error", err)
	}
	opt := ingest.ApplyOptions{Refreshes: st, Fetch: source.Options{Base: r.dir, Temp: temp, Private: r.private, Getenv: env.getenv, Deadline: r.deadline}}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		schedule.Run(ctx, st, schedule.Options{AtOnce: r.atOnce, Deadline: r.deadline, Log: log,
			Refresh: func(ctx context.Context, d catalog.Dataset, holder string) (*ingest.Report, error) {
				opt := opt
				opt.Holder = holder
				return ingest.Refresh(ctx, st, d, opt)
			}})
	}()
	return func() {
		cancel()
		<-ended
	}, nil
}

// storedCatalogue gives the catalogue that a store holds.
func storedCatalogue(ctx context.Context, st store.Store) (*catalog.Catalogue, error) {
	c := &catalog.Catalogue{}
	var err error
	if c.Portal, err = st.Portal(ctx); err != nil {
		return nil, err
	}
	datasets, err := st.Datasets(ctx)
	for _, d := range datasets {
		c.Datasets = append(c.Datasets, d.Dataset)
	}
	return c, err
}

// listRefreshes tells of each dataset with a schedule, or that was refreshed,
// when that was, when it is next, and what went wrong.
func listRefreshes(ctx context.Context, env *environment, st refreshingStore, datasets []store.Dataset, asJSON bool) error {
	states, err := st.Refreshes(ctx)
	if err != nil {
		return err
	}
	known := make(map[string]store.Refresh, len(states))
	for _, s := range states {
		known[s.Dataset] = s
	}
	type line struct {
		store.Refresh
		Every catalog.Every `json:"every,omitempty"`
	}
	lines := []line{}
	for _, d := range datasets {
		if s, ok := known[d.ID]; ok || d.Source.Every > 0 {
			s.Dataset = d.ID
			lines = append(lines, line{s, d.Source.Every})
		}
	}
	if asJSON {
		return json.NewEncoder(env.stdout).Encode(lines)
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	env.tell(w, "ID\tEVERY\tSUCCEEDED\tNEXT\tSTATE")
	for _, l := range lines {
		every, next := "–", "–"
		if l.Every > 0 {
			every, next = time.Duration(l.Every).String(), moment(l.Next)
			if l.Next.Before(time.Now()) {
				next = "now"
			}
		}
		state := "ok"
		switch {
		case l.Held != nil:
			state = fmt.Sprintf("held since %s: %s; puy ingest --accept-shrink %s publishes it", moment(l.Held.Since), printable(l.Error), l.Dataset)
		case l.Error != "":
			state = fmt.Sprintf("failed %d times, last at %s: %s", l.Failures, moment(l.Tried), printable(l.Error))
		case l.Tried.IsZero():
			state = "not yet tried"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Dataset, every, moment(l.Succeeded), next, state)
	}
	return w.Flush()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Format(time.DateTime)
}
