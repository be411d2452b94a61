package postgis

import (
	"context"
	"iter"
	"math"

	"github.com/jackc/pgx/v5"

	"puy/geo"
	"puy/store"
)

// selectChanges gives one row at least for a version that there is. All comes
// from one snapshot, so that no change is deleted between the look at what the
// log has and the reading of it.
const selectChanges = `SELECT v.logged_from IS NOT NULL AND v.logged_from <= $3 AND v.edits >= $3, p.edit, c.fid, c.before, c.after
	FROM puy.datasets d JOIN puy.versions v ON v.dataset = d.number
	LEFT JOIN (puy.edits p JOIN puy.changes c ON c.batch = p.batch)
		ON p.dataset = v.dataset AND p.version = v.number AND p.edit > $3 AND v.logged_from <= $3 AND v.edits >= $3
	WHERE d.id = $1 AND v.number = $2 ORDER BY p.edit, p.batch, c.fid`

// Changes implements store.Store.
func (s *Store) Changes(ctx context.Context, id string, version, after int64) iter.Seq2[store.Change, error] {
	return func(yield func(store.Change, error) bool) {
		ctx, done := s.bind(ctx)
		defer done()
		if err := s.changes(ctx, id, version, max(0, after), func(c store.Change) bool { return yield(c, nil) }); err != nil {
			yield(store.Change{}, err)
		}
	}
}

func (s *Store) changes(ctx context.Context, id string, version, after int64, each func(store.Change) bool) error {
	if !storable(id) {
		return noDataset(id)
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return fail(ctx, err, "read the changes of %q", id)
	}
	defer conn.Release()
	rows, err := conn.Query(ctx, selectChanges, pgx.QueryResultFormats{pgx.BinaryFormatCode}, id, version, after)
	if err != nil {
		return fail(ctx, err, "read the changes of %q", id)
	}
	started, err := readRows(ctx, conn.Conn(), rows, 0, func(raw [][]byte) (bool, error) {
		switch {
		case raw[0][0] == 0:
			return false, geo.Errorf(geo.KindConflict, "the changes of version %d of %q after edit %d are not known any more", version, id, after)
		case raw[1] == nil:
			return true, nil
		}
		return each(store.Change{Edit: int64(bigEndian.Uint64(raw[1])), FID: int64(bigEndian.Uint64(raw[2])), Before: decodeBox(raw[3]), After: decodeBox(raw[4])}), nil
	})
	if err != nil || started {
		return fail(ctx, err, "read the changes of %q", id)
	}
	if _, err := s.Versions(ctx, id); err != nil {
		return err
	}
	return noVersion(id, max(version, -version, 1))
}

// decodeBox reads what box_send writes: the high corner, then the low one.
func decodeBox(b []byte) geo.Bounds {
	if len(b) != 32 {
		return geo.EmptyBounds()
	}
	at := func(i int) float64 { return clamp(math.Float64frombits(bigEndian.Uint64(b[8*i:]))) }
	return geo.Bounds{MinX: at(2), MinY: at(3), MaxX: at(0), MaxY: at(1)}
}
