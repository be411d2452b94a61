package delta

import (
	"context"
	"iter"
	"math"
	"slices"

	"puy/catalog"
	"puy/geo"
	"puy/store"
)

// Source is what is needed of a store.
type Source interface {
	Features(ctx context.Context, id string, q store.Query) iter.Seq2[*geo.Feature, error]
	Differences(ctx context.Context, id string, version, after int64) iter.Seq2[store.Difference, error]
	Changes(ctx context.Context, id string, version, after int64) iter.Seq2[store.Change, error]
}

// Versions are two versions of a dataset, of which Kept are all that there are.
type Versions struct {
	Dataset  string
	From, To *catalog.Version
	Kept     []catalog.Version
}

// Comparable tells whether features can be known again from one version in the
// other.
func (v *Versions) Comparable() bool { return v.From.Keyed && v.To.Keyed }

const (
	windowRows  = 1000    // how many features of a version are looked at together
	windowBytes = 4 << 20 // and how large they may be in memory
	maxEdited   = 200_000 // edited features, above which all are compared
)

// Between gives the features above the fid after that differ, in the order of
// fids: a feature that both versions have differs where a field, or the
// geometry, does. Edits in place are part of a version. The yielded Change and
// its features are reused. Versions that are not Comparable give nothing.
func Between(ctx context.Context, s Source, v Versions, after int64) iter.Seq2[*Change, error] {
	return func(yield func(*Change, error) bool) {
		if !v.Comparable() || v.From.Number == v.To.Number {
			return
		}
		c := &comparison{ctx: ctx, source: s, versions: v, rules: newRules(&v.From.Schema, &v.To.Schema), yield: yield}
		err := c.plan()
		for err == nil && after < math.MaxInt64 && !c.stopped {
			after, err = c.window(max(after, 0))
		}
		if err != nil && !c.stopped {
			yield(nil, err)
		}
	}
}

// comparison is one Between on its way.
type comparison struct {
	ctx      context.Context
	source   Source
	versions Versions
	rules    *rules
	yield    func(*Change, error) bool
	stopped  bool

	// Which features can differ: those in the differences of these versions, and
	// those edited, in order; where all is set, any.
	all    bool
	steps  []int64
	edited []int64
}

// plan finds the versions whose differences lead from one version to the other:
// each was compared with its base when it was loaded.
func (c *comparison) plan() error {
	byNumber := make(map[int64]*catalog.Version, len(c.versions.Kept))
	for i := range c.versions.Kept {
		byNumber[c.versions.Kept[i].Number] = &c.versions.Kept[i]
	}
	ways := [2][]int64{{c.versions.From.Number}, {c.versions.To.Number}}
	for i := range ways {
		for {
			last := byNumber[ways[i][len(ways[i])-1]]
			if last == nil || last.Comparison == nil {
				break
			}
			ways[i] = append(ways[i], last.Comparison.Base)
		}
	}
	meeting := slices.IndexFunc(ways[0], func(n int64) bool { return slices.Contains(ways[1], n) })
	if meeting < 0 {
		c.all = true
		return nil
	}
	base := ways[0][meeting]
	c.steps = append(c.steps, ways[0][:meeting]...)
	c.steps = append(c.steps, ways[1][:slices.Index(ways[1], base)]...)
	for _, number := range append([]int64{base}, c.steps...) {
		v := byNumber[number]
		if v == nil { // a base that is no longer kept, and may have been edited before it was compared
			c.all = true
			return nil
		}
		if v.Edits > 0 {
			if err := c.addEdited(number); err != nil || c.all {
				return err
			}
		}
	}
	slices.Sort(c.edited)
	c.edited = slices.Compact(c.edited)
	return nil
}

func (c *comparison) addEdited(version int64) error {
	for change, err := range c.source.Changes(c.ctx, c.versions.Dataset, version, 0) {
		switch {
		case err != nil && geo.KindOf(err) == geo.KindConflict, len(c.edited) >= maxEdited: // not known any more, or too much
			c.all = true
			return nil
		case err != nil:
			return err
		}
		c.edited = append(c.edited, change.FID)
	}
	return nil
}

// candidates gives the next fids after which can differ, up to which they are
// all: the greatest number where there are no more.
func (c *comparison) candidates(after int64) (fids []int64, upto int64, err error) {
	upto = math.MaxInt64
	add := func(list []int64) {
		if len(list) >= windowRows {
			upto = min(upto, list[len(list)-1])
		}
		fids = append(fids, list...)
	}
	start, _ := slices.BinarySearch(c.edited, after+1)
	add(c.edited[start:min(start+windowRows, len(c.edited))])
	for _, version := range c.steps {
		var list []int64
		for d, err := range c.source.Differences(c.ctx, c.versions.Dataset, version, after) {
			if err != nil {
				return nil, 0, err
			}
			if list = append(list, d.FID); len(list) == windowRows {
				break
			}
		}
		add(list)
	}
	slices.Sort(fids)
	fids = slices.Compact(fids)
	end, found := slices.BinarySearch(fids, upto)
	if found {
		end++
	}
	fids = fids[:end]
	if len(fids) > windowRows {
		fids, upto = fids[:windowRows], fids[windowRows-1]
	}
	return fids, upto, nil
}

// window compares some of what follows after, and tells up to where.
func (c *comparison) window(after int64) (upto int64, err error) {
	q := store.Query{Version: c.versions.From.Number, After: after, Limit: windowRows}
	upto = math.MaxInt64
	if !c.all {
		fids, end, err := c.candidates(after)
		if err != nil || len(fids) == 0 {
			return end, err
		}
		q.FIDs, q.After, q.Limit, upto = fids, 0, int64(len(fids)), end
	}
	var before []*geo.Feature
	size := 0
	for f, err := range c.source.Features(c.ctx, c.versions.Dataset, q) {
		if err != nil {
			return 0, err
		}
		before, size = append(before, f.Clone()), size+sizeOf(f)
		if size > windowBytes || c.all && len(before) == windowRows {
			upto = f.FID
			break
		}
	}
	q.Version = c.versions.To.Number
	at, read := 0, 0
	for f, err := range c.source.Features(c.ctx, c.versions.Dataset, q) {
		if err != nil {
			return 0, err
		}
		if f.FID > upto {
			break
		}
		for ; at < len(before) && before[at].FID < f.FID; at++ {
			c.tell(before[at], nil)
		}
		if at < len(before) && before[at].FID == f.FID {
			c.tell(before[at], f)
			at++
		} else {
			c.tell(nil, f)
		}
		if c.stopped {
			return upto, nil
		}
		if read++; c.all && read == windowRows {
			upto = f.FID
			break
		}
	}
	for ; at < len(before) && before[at].FID <= upto; at++ {
		c.tell(before[at], nil)
	}
	return upto, nil
}

// tell yields what one feature has become, if it differs.
func (c *comparison) tell(before, after *geo.Feature) {
	if c.stopped {
		return
	}
	if change := c.rules.compare(before, after); change != nil {
		c.stopped = !c.yield(change, nil)
	}
}

// sizeOf tells roughly how many bytes f takes.
func sizeOf(f *geo.Feature) int {
	n := 64
	f.Geometry.EachFlat(func(flat []float64, _ int) { n += 8 * len(flat) })
	for _, v := range f.Values {
		n += 24 + len(v.Text())
	}
	return n
}
