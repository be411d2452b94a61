package postgis

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// firstInserted is the first fid of puy.inserted_fids.
const firstInserted = 1 << 40

// giveFIDs replaces the row numbers, which the table has so far, with the fids
// that the keys have had before. Rows keep their numbers in a first version.
func (l *load) giveFIDs(ctx context.Context) error {
	known := l.reference != 0
	if known {
		good, err := (&table{dataset: l.t.dataset, version: l.reference}).hasKeys(ctx, l.tx)
		if err != nil {
			return err
		}
		if !good {
			if err := l.rescueKeys(ctx); err != nil {
				return err
			}
			l.rescued = true
		}
	}
	if l.t.keyed && !known {
		err := l.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM puy.keys WHERE dataset = $1)", l.t.dataset).Scan(&known)
		if err != nil {
			return err
		}
	}
	if !l.t.keyed || !known {
		l.nextFID = max(l.nextFID, l.lastRow+1)
		return nil
	}
	moved, err := l.mapRows(ctx)
	if err != nil || moved == 0 {
		return err
	}
	// An update of many rows would leave as many dead ones.
	if moved < (l.rows-l.removed)/10 {
		_, err = l.tx.Exec(ctx, "UPDATE "+l.t.name()+" n SET fid = m.fid FROM puy_moved m WHERE n.fid = m.row AND m.fid IS NOT NULL")
	} else {
		err = l.rewrite(ctx)
	}
	if err == nil {
		_, err = l.tx.Exec(ctx, "DROP TABLE puy_moved")
	}
	return err
}

// knownKeys gives, as SQL, the table of the fids and ids of the reference.
func (l *load) knownKeys() string {
	if l.rescued {
		return "puy_known"
	}
	return (&table{dataset: l.t.dataset, version: l.reference}).name()
}

// mapRows makes the table puy_moved of the rows whose fid is not their number,
// gives new keys the next fids in the order of the rows, and counts.
func (l *load) mapRows(ctx context.Context) (moved int64, err error) {
	name := l.t.name()
	before := "(SELECT NULL::bigint AS fid, NULL::text AS id WHERE false)"
	if l.reference != 0 {
		before = l.knownKeys()
	}
	if l.reference != 0 {
		// Other programs may have inserted rows with fids of their choice.
		err := l.tx.QueryRow(ctx, "SELECT greatest($1, 1 + (SELECT max(fid) FROM "+before+" WHERE fid < $2))", l.nextFID, int64(firstInserted)).Scan(&l.nextFID)
		if err != nil {
			return 0, err
		}
	}
	// Without statistics the planner would take a loop over the index for so many rows.
	if _, err := l.tx.Exec(ctx, "ANALYZE "+name+" (fid, id)"); err != nil {
		return 0, err
	}
	_, err = l.tx.Exec(ctx, `CREATE TEMP TABLE puy_moved ON COMMIT DROP AS
		SELECT n.fid AS row, coalesce(o.fid, k.fid) AS fid FROM `+name+` n
		LEFT JOIN `+before+` o ON o.id = n.id
		LEFT JOIN (SELECT DISTINCT ON (fid) id, fid FROM puy.keys WHERE dataset = `+itoa(int64(l.t.dataset))+` AND fid NOT IN (SELECT fid FROM `+before+` b)
			ORDER BY fid, id) k ON k.id = n.id
		WHERE coalesce(o.fid, k.fid) IS DISTINCT FROM n.fid`)
	if err != nil {
		return 0, err
	}
	tag, err := l.tx.Exec(ctx, `INSERT INTO puy_moved
		SELECT row, $1::bigint - 1 + row_number() OVER (ORDER BY row) FROM puy_moved WHERE fid IS NULL`, l.nextFID)
	if err != nil {
		return 0, err
	}
	l.nextFID += tag.RowsAffected()
	err = l.tx.QueryRow(ctx, "SELECT count(*) FROM puy_moved WHERE row <> fid").Scan(&moved)
	return moved, err
}

// rewrite makes the table again with its fids. The rows stay in the order of
// the source, which is nearly that of the fids where a file keeps its order.
func (l *load) rewrite(ctx context.Context) error {
	name := l.t.name()
	plain := "r" + strings.TrimPrefix(l.t.plainName(), "v")
	old := pgx.Identifier{"puy", plain}.Sanitize()
	list := l.t.columnList("n.")
	list = "coalesce(m.fid, n.fid)" + list[len("n.fid"):]
	for _, sql := range []string{
		"ANALYZE puy_moved",
		"ALTER TABLE " + name + " RENAME TO " + plain,
		"CREATE TABLE " + name + " (LIKE " + old + " INCLUDING CONSTRAINTS)",
		"INSERT INTO " + name + " SELECT " + list + " FROM " + old + " n LEFT JOIN puy_moved m ON m.row = n.fid AND m.fid IS NOT NULL",
		"DROP TABLE " + old,
	} {
		if _, err := l.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	l.hasIndex = false
	return nil
}

// keepVanishedKeys notes the fids of keys that this version does not have.
func (l *load) keepVanishedKeys(ctx context.Context, removed int64) error {
	if l.reference == 0 {
		return nil
	}
	sql := "INSERT INTO puy.keys (dataset, id, fid) SELECT $1, o.id, o.fid FROM " + l.knownKeys() + " o"
	switch {
	case !l.rescued && l.t.compared && l.before == l.reference: // the differences tell
		if removed == 0 {
			return nil
		}
		sql += " JOIN " + l.t.differences() + " d ON d.id = o.id WHERE d.kind = 'removed'"
	case l.t.keyed:
		sql += " WHERE NOT EXISTS (SELECT FROM " + l.t.name() + " n WHERE n.fid = o.fid)"
	}
	_, err := l.tx.Exec(ctx, sql+" ON CONFLICT DO NOTHING", l.t.dataset)
	return err
}
