package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// query is the statement that gives a tile, of zoom, column and row.
type query struct{ sql string }

// describe makes the statement for a table: all columns are attributes, but fid
// is the feature's id, and those in without are left out. The box is in the table's own reference system, so that
// its spatial index answers, and what is in Web Mercator already is not transformed.
// The buffer of 80 units is puy's.
func describe(ctx context.Context, pool *pgxpool.Pool, name, layer, without string) (query, error) {
	identifier := pgx.Identifier(strings.SplitN(name, ".", 2))
	if layer == "" {
		layer = identifier[len(identifier)-1]
	}
	rows, err := pool.Query(ctx, `SELECT a.attname, format_type(a.atttypid, NULL) = 'geometry', a.attname = 'fid'
		FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (string_to_array($2, ',')) ORDER BY a.attnum`, identifier.Sanitize(), without)
	if err != nil {
		return query{}, err
	}
	type column struct {
		name          string
		geometry, fid bool
	}
	columns, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (c column, err error) {
		return c, r.Scan(&c.name, &c.geometry, &c.fid)
	})
	if err != nil {
		return query{}, err
	}
	geometry, id := "", ""
	var attributes strings.Builder
	for _, c := range columns {
		quoted := pgx.Identifier{c.name}.Sanitize()
		switch {
		case c.geometry:
			geometry = quoted
		case c.fid:
			id = ", 'fid'"
		}
		if !c.geometry {
			attributes.WriteString(", " + quoted)
		}
	}
	if geometry == "" {
		return query{}, fmt.Errorf("%s has no geometry", name)
	}
	var srid int
	if err := pool.QueryRow(ctx, "SELECT ST_SRID("+geometry+") FROM "+identifier.Sanitize()+" LIMIT 1").Scan(&srid); err != nil {
		return query{}, err
	}
	const margined = "ST_TileEnvelope($1, $2, $3, margin => 80.0 / 4096)"
	box, planar := margined, geometry
	if srid != 3857 {
		box = fmt.Sprintf("ST_Transform(%s, %d)", margined, srid)
		planar = "ST_Transform(" + geometry + ", 3857)"
	}
	return query{sql: fmt.Sprintf(`SELECT ST_AsMVT(t, %s, 4096, 'mvt'%s) FROM (
		SELECT ST_AsMVTGeom(%s, ST_TileEnvelope($1, $2, $3), 4096, 80, true) AS mvt%s FROM %s WHERE %s && %s) t WHERE mvt IS NOT NULL`,
		literal(layer), id, planar, attributes.String(), identifier.Sanitize(), geometry, box)}, nil
}

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
