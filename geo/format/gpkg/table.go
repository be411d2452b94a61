package gpkg

import (
	"context"
	"fmt"
	"strings"
	"time"

	"puy/geo"
)

// Table is one layer of a GeoPackage as its describing tables show it.
type Table struct {
	Name        string
	Identifier  string // a title, unique in the file
	Description string
	Key         string // the name of the primary key column
	Geometry    string // the name of the geometry column; unused where the schema has none
	Schema      geo.Schema
	Columns     []string // the column of each field, as ColumnNames gives them
	Extra       []string // further TEXT columns, before those of the fields
	SRS         int32
	Bounds      geo.Bounds
	Rows        int64
	Changed     time.Time
}

// RTree gives the name of t's spatial index.
func (t *Table) RTree() string { return "rtree_" + t.Name + "_" + t.Geometry }

// CreateTable gives the statement that makes t's table under a name of its own
// (a quoted identifier, which may name a schema). The columns are the key, the
// geometry, the extra ones and the fields.
func (t *Table) CreateTable(as string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (\n  %s INTEGER PRIMARY KEY NOT NULL", as, Quote(t.Key))
	if t.Schema.Spatial() {
		fmt.Fprintf(&b, ",\n  %s %s", Quote(t.Geometry), t.geometryType())
	}
	for _, name := range t.Extra {
		fmt.Fprintf(&b, ",\n  %s TEXT", Quote(name))
	}
	for i, name := range t.Columns {
		fmt.Fprintf(&b, ",\n  %s %s", Quote(name), ColumnType(t.Schema.Fields[i].Type))
	}
	b.WriteString(")")
	return b.String()
}

func (t *Table) geometryType() string { return strings.ToUpper(t.Schema.Geometry.String()) }

// Register tells the describing tables of t, whose table, and R-tree if it is
// spatial, exist, and makes the triggers that keep the R-tree and the count of
// rows when other programs edit it.
func (t *Table) Register(ctx context.Context, x Execer) error {
	kind, minX, minY, maxX, maxY := "attributes", any(nil), any(nil), any(nil), any(nil)
	var srs any
	if t.Schema.Spatial() {
		kind, srs = "features", t.SRS
		if b := t.Bounds; !b.IsEmpty() {
			minX, minY, maxX, maxY = b.MinX, b.MinY, b.MaxX, b.MaxY
		}
	}
	type statement struct {
		query string
		args  []any
	}
	list := []statement{
		{"INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, min_x, min_y, max_x, max_y, srs_id) VALUES (?,?,?,?,?,?,?,?,?,?)",
			[]any{t.Name, kind, t.Identifier, t.Description, t.Changed.UTC().Format("2006-01-02T15:04:05.000Z"), minX, minY, maxX, maxY, srs}},
		{"INSERT INTO gpkg_ogr_contents VALUES (?,?)", []any{t.Name, t.Rows}},
	}
	if t.Schema.Spatial() {
		z := 0
		if t.Schema.HasZ {
			z = 2 // some geometries may be without
		}
		list = append(list,
			statement{"INSERT INTO gpkg_geometry_columns VALUES (?,?,?,?,?,0)", []any{t.Name, t.Geometry, t.geometryType(), t.SRS, z}},
			statement{"INSERT INTO gpkg_extensions VALUES (?,?,'gpkg_rtree_index','http://www.geopackage.org/spec130/#extension_rtree','write-only')",
				[]any{t.Name, t.Geometry}})
	}
	for i, f := range t.Schema.Fields {
		var mime any
		if f.Type == geo.TypeJSON || f.Type == geo.TypeTextArray {
			mime = "application/json"
		}
		if mime != nil || !f.Title.IsZero() || !f.Description.IsZero() {
			list = append(list, statement{"INSERT INTO gpkg_data_columns (table_name, column_name, title, description, mime_type) VALUES (?,?,?,?,?)",
				[]any{t.Name, t.Columns[i], nullIfEmpty(f.Title.In("fr")), nullIfEmpty(f.Description.In("fr")), mime}})
		}
	}
	for _, trigger := range t.triggers() {
		list = append(list, statement{trigger.statement, nil})
	}
	for _, s := range list {
		if _, err := x.ExecContext(ctx, s.query, s.args...); err != nil {
			return fmt.Errorf("register table %s: %w", t.Name, err)
		}
	}
	return nil
}

func nullIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Unregister undoes Register for the table called name, if it is registered.
func Unregister(ctx context.Context, x Execer, t *Table) error {
	for _, trigger := range t.triggers() {
		if _, err := x.ExecContext(ctx, "DROP TRIGGER IF EXISTS "+Quote(trigger.name)); err != nil {
			return err
		}
	}
	for _, table := range [...]string{"gpkg_data_columns", "gpkg_extensions", "gpkg_geometry_columns", "gpkg_ogr_contents", "gpkg_contents"} {
		if _, err := x.ExecContext(ctx, "DELETE FROM "+table+" WHERE table_name = ?", t.Name); err != nil {
			return err
		}
	}
	return nil
}

type trigger struct{ name, statement string }

// triggers gives the triggers of the R-tree extension (OGC 12-128r18 annex
// F.3) and GDAL's two for the count of rows.
func (t *Table) triggers() []trigger {
	table, key, g, rtree := Quote(t.Name), Quote(t.Key), Quote(t.Geometry), Quote(t.RTree())
	var list []trigger
	add := func(name, event, body string) {
		list = append(list, trigger{name, "CREATE TRIGGER " + Quote(name) + " " + event + " BEGIN " + body + "; END"})
	}
	count := "UPDATE gpkg_ogr_contents SET feature_count = feature_count %s 1 WHERE table_name = " + QuoteText(t.Name)
	add("trigger_insert_feature_count_"+t.Name, "AFTER INSERT ON "+table, fmt.Sprintf(count, "+"))
	add("trigger_delete_feature_count_"+t.Name, "AFTER DELETE ON "+table, fmt.Sprintf(count, "-"))
	if !t.Schema.Spatial() {
		return list
	}
	put := fmt.Sprintf("INSERT OR REPLACE INTO %s VALUES (NEW.%s, ST_MinX(NEW.%s), ST_MaxX(NEW.%[3]s), ST_MinY(NEW.%[3]s), ST_MaxY(NEW.%[3]s))", rtree, key, g)
	remove := fmt.Sprintf("DELETE FROM %s WHERE id = OLD.%s", rtree, key)
	filled := fmt.Sprintf("(NEW.%s NOTNULL AND NOT ST_IsEmpty(NEW.%[1]s))", g)
	void := fmt.Sprintf("(NEW.%s ISNULL OR ST_IsEmpty(NEW.%[1]s))", g)
	same, moved := fmt.Sprintf("OLD.%s = NEW.%[1]s", key), fmt.Sprintf("OLD.%s != NEW.%[1]s", key)
	prefix := t.RTree()
	add(prefix+"_insert", "AFTER INSERT ON "+table+" WHEN "+filled, put)
	add(prefix+"_update1", "AFTER UPDATE OF "+g+" ON "+table+" WHEN "+same+" AND "+filled, put)
	add(prefix+"_update2", "AFTER UPDATE OF "+g+" ON "+table+" WHEN "+same+" AND "+void, remove)
	add(prefix+"_update3", "AFTER UPDATE ON "+table+" WHEN "+moved+" AND "+filled, remove+"; "+put)
	add(prefix+"_update4", "AFTER UPDATE ON "+table+" WHEN "+moved+" AND "+void,
		fmt.Sprintf("DELETE FROM %s WHERE id IN (OLD.%s, NEW.%[2]s)", rtree, key))
	add(prefix+"_delete", "AFTER DELETE ON "+table+" WHEN OLD."+g+" NOTNULL", remove)
	return list
}
