package source

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"puy/catalog"
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/fgb"
)

// openTable copies a table or view of a PostGIS database into a FlatGeobuf file,
// all of it as it is at one moment. The URL of the database is in an environment
// variable; that it may be anywhere is the operator's choice.
func openTable(ctx context.Context, s catalog.Source, opt Options) (*Fetched, error) {
	address := opt.Getenv(s.PostGIS)
	if address == "" {
		return nil, geo.Errorf(geo.KindInvalid, "the environment variable %s, which should hold the URL of a database, is not set", s.PostGIS)
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The cause would repeat the URL.
		return nil, geo.Errorf(geo.KindInvalid, "the URL in the environment variable %s cannot be understood", s.PostGIS)
	}
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["application_name"] = "puy"
	config.RuntimeParams["default_transaction_read_only"] = "on"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, geo.Errorf(geo.KindUnavailable, "cannot reach the database of %s: %w", s.PostGIS, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, unreadable(s, err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	t, err := findTable(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	path, err := opt.spool(func(f *os.File) error { return t.copyTo(ctx, tx, f, opt) })
	if err != nil {
		return nil, err
	}
	return opened(path, s.Table+".fgb", s.Table, Mark{})
}

func unreadable(s catalog.Source, err error) error {
	return geo.Errorf(geo.KindUnavailable, "cannot read the table %s: %w", s.Table, err)
}

// table is a table and how its rows are read.
type table struct {
	source      catalog.Source
	name        string // quoted
	layer       format.Layer
	expressions []string // of the fields, and of the geometry where there is one
	order       string
}

// findTable finds the columns of a table.
func findTable(ctx context.Context, tx pgx.Tx, s catalog.Source) (*table, error) {
	t := &table{source: s, name: pgx.Identifier(strings.SplitN(s.Table, ".", 2)).Sanitize(), layer: format.Layer{Name: s.Table, Count: -1, Bounds: geo.EmptyBounds()}}
	var id *uint32
	var kind string
	err := tx.QueryRow(ctx, "SELECT c.oid, c.relkind::text FROM pg_class c WHERE c.oid = to_regclass($1)", t.name).Scan(&id, &kind)
	if err == pgx.ErrNoRows {
		return nil, geo.Errorf(geo.KindNotFound, "the database of %s has no table %s", s.PostGIS, s.Table)
	} else if err != nil {
		return nil, unreadable(s, err)
	}
	rows, err := tx.Query(ctx, `SELECT a.attname, t.typname, a.atttypmod, coalesce(a.attnum = ANY (i.indkey::int2[]), false)
		FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
		WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`, *id)
	if err != nil {
		return nil, unreadable(s, err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		return nil, unreadable(s, err)
	}
	var keys []string
	var shape *column
	for _, c := range columns {
		if c.Key {
			keys = append(keys, pgx.Identifier{c.Name}.Sanitize())
		}
		switch {
		case c.Type == "geometry" || c.Type == "geography":
			if shape == nil && s.Geometry == "" || s.Geometry == c.Name {
				shape = &c
			}
		case c.Type != "bytea" && c.Type != "raster":
			t.add(c)
		}
	}
	switch {
	case len(keys) > 0:
		t.order = " ORDER BY " + strings.Join(keys, ", ")
	case kind == "r":
		t.order = " ORDER BY ctid"
	}
	if shape == nil {
		return t, nil
	}
	return t, t.addShape(ctx, tx, *shape)
}

type column struct {
	Name     string
	Type     string // pg_type.typname
	Modifier int32
	Key      bool // of the primary key
}

// add makes a field of a column. Infinite dates are none.
func (t *table) add(c column) {
	name := pgx.Identifier{c.Name}.Sanitize()
	kind, expression := geo.TypeText, name+"::text"
	switch c.Type {
	case "int2", "int4", "int8":
		kind, expression = geo.TypeInteger, name+"::int8"
	case "float4", "float8", "numeric":
		kind, expression = geo.TypeNumber, name+"::float8"
	case "bool":
		kind, expression = geo.TypeBoolean, name
	case "date":
		kind, expression = geo.TypeDate, fmt.Sprintf("CASE WHEN isfinite(%[1]s) THEN (%[1]s - date '1970-01-01')::int8 END", name)
	case "timestamp", "timestamptz":
		kind, expression = geo.TypeDateTime, fmt.Sprintf("CASE WHEN isfinite(%[1]s) THEN (extract(epoch FROM %[1]s) * 1000000)::int8 END", name)
	case "json", "jsonb":
		kind = geo.TypeJSON
	case "_text", "_varchar":
		kind, expression = geo.TypeTextArray, "array_remove("+name+"::text[], NULL)"
	}
	t.layer.Schema.Fields = append(t.layer.Schema.Fields, geo.Field{Name: c.Name, Type: kind})
	t.expressions = append(t.expressions, expression)
}

// addShape makes the geometry of a column: in its own CRS where puy knows it,
// else in longitude, latitude, which PostGIS computes.
func (t *table) addShape(ctx context.Context, tx pgx.Tx, c column) error {
	name := pgx.Identifier{c.Name}.Sanitize()
	plane := name
	if c.Type == "geography" {
		plane += "::geometry"
	}
	kind, srid := "Geometry", int32(0)
	if c.Modifier > 0 {
		if err := tx.QueryRow(ctx, "SELECT postgis_typmod_type($1), postgis_typmod_srid($1)", c.Modifier).Scan(&kind, &srid); err != nil {
			return unreadable(t.source, err)
		}
	}
	mixed := srid == 0
	if mixed {
		err := tx.QueryRow(ctx, "SELECT ST_SRID("+plane+") FROM "+t.name+" WHERE "+name+" IS NOT NULL LIMIT 1").Scan(&srid)
		if err != nil && err != pgx.ErrNoRows {
			return unreadable(t.source, err)
		}
	}
	if c.Modifier > 0 {
		t.layer.Schema.HasZ = strings.Contains(kind, "Z")
	} else if err := tx.QueryRow(ctx, "SELECT coalesce(bool_or(ST_Zmflag("+plane+") IN (2, 3)), false) FROM "+t.name).Scan(&t.layer.Schema.HasZ); err != nil {
		return unreadable(t.source, err)
	}
	kind = strings.TrimRight(kind, "ZM")
	var known bool
	if t.layer.Schema.Geometry, known = geometryType(kind); !known {
		plane = "ST_CurveToLine(" + plane + ")"
	}
	if code := crs.Code(srid); srid != 0 {
		if _, known := crs.Lookup(code); !known {
			code, mixed = 4326, true
		}
		if mixed {
			plane = fmt.Sprintf("ST_Transform(%s, %d)", plane, int32(code))
		}
		t.layer.CRS = code
	}
	t.expressions = append(t.expressions, "ST_AsBinary("+plane+")")
	return nil
}

// geometryType gives the type of a column as puy has it, GeometryAny for those
// that may hold curves or several types.
func geometryType(name string) (t geo.GeometryType, known bool) {
	for _, t := range []geo.GeometryType{geo.GeometryPoint, geo.GeometryLineString, geo.GeometryPolygon, geo.GeometryMultiPoint, geo.GeometryMultiLineString, geo.GeometryMultiPolygon} {
		if strings.EqualFold(t.String(), name) {
			return t, true
		}
	}
	return geo.GeometryAny, false
}

// copyTo writes all rows.
func (t *table) copyTo(ctx context.Context, tx pgx.Tx, f *os.File, opt Options) error {
	if len(t.expressions) == 0 {
		return geo.Errorf(geo.KindInvalid, "the table %s has no column that can be read", t.source.Table)
	}
	t.layer.TempDir = opt.Temp
	writer, err := fgb.Format().NewWriter(f, t.layer)
	if err != nil {
		return err
	}
	if err := t.copyRows(ctx, tx, writer, opt); err != nil {
		format.Discard(writer)
		return err
	}
	return writer.Close()
}

func (t *table) copyRows(ctx context.Context, tx pgx.Tx, writer format.Writer, opt Options) error {
	rows, err := tx.Query(ctx, "SELECT "+strings.Join(t.expressions, ", ")+" FROM "+t.name+t.order)
	if err != nil {
		return unreadable(t.source, err)
	}
	defer rows.Close()
	fields := t.layer.Schema.Fields
	feature := geo.Feature{Values: make([]geo.Value, len(fields))}
	var bytes int64
	for rows.Next() {
		feature.FID++
		for _, raw := range rows.RawValues() {
			bytes += int64(len(raw))
		}
		if bytes > opt.MaxBytes {
			return geo.Errorf(geo.KindLimit, "the table %s has more than %d bytes", t.source.Table, opt.MaxBytes)
		}
		cells, err := rows.Values()
		if err != nil {
			return unreadable(t.source, err)
		}
		for i, f := range fields {
			feature.Values[i] = value(f.Type, cells[i])
		}
		feature.Geometry = geo.Geometry{}
		if len(cells) > len(fields) {
			if shape, ok := cells[len(fields)].([]byte); ok {
				if feature.Geometry, err = geo.ParseWKB(shape); err != nil {
					return geo.Errorf(geo.KindInvalid, "the geometry of row %d of the table %s cannot be read: %w", feature.FID, t.source.Table, err)
				}
			}
		}
		if err := writer.Write(&feature); err != nil {
			return err
		}
		if feature.FID%1000 == 0 {
			opt.Progress(bytes, 0)
		}
	}
	if err := rows.Err(); err != nil {
		return unreadable(t.source, err)
	}
	return nil
}

// value gives a cell as the type that add asked for; null where it is none.
func value(t geo.FieldType, cell any) geo.Value {
	switch v := cell.(type) {
	case int64:
		switch t {
		case geo.TypeDate:
			return geo.Date(v)
		case geo.TypeDateTime:
			return geo.DateTime(time.UnixMicro(v))
		}
		return geo.Integer(v)
	case float64:
		return geo.Number(v)
	case bool:
		return geo.Boolean(v)
	case string:
		if t == geo.TypeJSON {
			return geo.JSON(v)
		}
		return geo.Text(v)
	case []any:
		texts := make([]string, 0, len(v))
		for _, text := range v {
			if s, ok := text.(string); ok {
				texts = append(texts, s)
			}
		}
		return geo.TextArray(texts)
	}
	return geo.Value{}
}
