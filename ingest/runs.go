package ingest

import "strconv"

// idRuns holds the ids of a dry run for as long as they are whole numbers that
// ascend, of which none can be there twice.
type idRuns struct {
	runs []idRun
	full bool // ids came that do not ascend, or in too many runs
}

// idRun are n rows that follow each other, with ids that do.
type idRun struct{ row, id, n int64 }

const (
	maxRuns = 1 << 16
	maxID   = 1 << 62 // what follows it must not overflow
)

// add tells whether the id of a row is held; rows come in their order.
func (r *idRuns) add(row int64, id string) bool {
	if r.full {
		return false
	}
	n, err := strconv.ParseInt(id, 10, 64)
	var last *idRun
	if len(r.runs) > 0 {
		last = &r.runs[len(r.runs)-1]
	}
	switch {
	case err != nil || n < 0 || n > maxID || strconv.FormatInt(n, 10) != id || last != nil && n < last.id+last.n:
		r.full = true
	case last != nil && row == last.row+last.n && n == last.id+last.n:
		last.n++
	case len(r.runs) == maxRuns:
		r.full = true
	default:
		r.runs = append(r.runs, idRun{row, n, 1})
	}
	return !r.full
}

// release gives what is held, once, when more came than can be.
func (r *idRuns) release(write func(row int64, id string) error) error {
	runs := r.runs
	r.runs = nil
	for _, run := range runs {
		for i := range run.n {
			if err := write(run.row+i, strconv.FormatInt(run.id+i, 10)); err != nil {
				return err
			}
		}
	}
	return nil
}
