package gpkg

import (
	"context"
	"database/sql"
	"io"
	"os"
	"strings"

	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
)

// file is an open GeoPackage of a stranger.
type file struct {
	name string
	db   *sql.DB
	conn *sql.Conn
	temp string // the decompressed copy, or ""
}

// maxUnpacked bounds what a compressed file may become, in bytes.
const maxUnpacked = 32 << 30

func openFile(ctx context.Context, src *format.Source) (*file, error) {
	f, path := &file{name: src.Name()}, src.Path()
	if src.Compressed() {
		var err error
		if f.temp, err = unpack(src); err != nil {
			return nil, err
		}
		path = f.temp
	}
	err := f.open(ctx, path)
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func unpack(src *format.Source) (path string, err error) {
	r, err := src.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	w, err := os.CreateTemp("", "puy-*.gpkg")
	if err != nil {
		return "", geo.Errorf(geo.KindInternal, "cannot make a temporary file: %w", err)
	}
	n, err := io.Copy(w, io.LimitReader(r, maxUnpacked+1))
	if closed := w.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		err = geo.Errorf(geo.KindInvalid, "cannot decompress %s: %w", src.Name(), err)
	case n > maxUnpacked:
		err = geo.Errorf(geo.KindLimit, "%s is larger than %d GiB when decompressed", src.Name(), maxUnpacked>>30)
	}
	if err != nil {
		os.Remove(w.Name())
		return "", err
	}
	return w.Name(), nil
}

func (f *file) open(ctx context.Context, path string) error {
	var err error
	if f.db, f.conn, err = openHostile(ctx, path); err != nil {
		return f.errorf(ctx, err)
	}
	exists, err := f.exists(ctx, "gpkg_contents")
	if err != nil {
		return f.errorf(ctx, err)
	}
	if !exists {
		return geo.Errorf(geo.KindInvalid, "%s is an SQLite file but not a GeoPackage: it has no table gpkg_contents", f.name)
	}
	return nil
}

func (f *file) errorf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return geo.Errorf(geo.KindInvalid, "%s cannot be read as a GeoPackage: %w", f.name, err)
}

func (f *file) exists(ctx context.Context, table string) (bool, error) {
	var n int
	err := f.conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = ? COLLATE NOCASE", table).Scan(&n)
	return n > 0, err
}

// Close also removes the decompressed copy.
func (f *file) Close() error {
	var err error
	if f.conn != nil {
		err = f.conn.Close()
	}
	if f.db != nil {
		if e := f.db.Close(); err == nil {
			err = e
		}
	}
	if f.temp != "" {
		if e := os.Remove(f.temp); err == nil {
			err = e
		}
	}
	return err
}

// source is a table or view that the describing tables list.
type source struct {
	name     string
	view     bool
	geometry string // the geometry column; "" in a table without
	declared geo.GeometryType
	srs      int64
}

// sources lists the layers, features and attributes, in the order of the file.
func (f *file) sources(ctx context.Context) ([]source, error) {
	spatial, err := f.exists(ctx, "gpkg_geometry_columns")
	if err != nil {
		return nil, f.errorf(ctx, err)
	}
	query := `SELECT s.name, s.type, s.sql, NULL, NULL, NULL FROM gpkg_contents c JOIN sqlite_schema s ON s.name = c.table_name COLLATE NOCASE`
	if spatial {
		query = strings.Replace(query, "NULL, NULL, NULL", "g.column_name, g.geometry_type_name, g.srs_id", 1) +
			` LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name COLLATE NOCASE AND c.data_type = 'features'`
	}
	query += ` WHERE s.type IN ('table', 'view') AND c.data_type IN ('features', 'attributes', 'aspatial') ORDER BY c.rowid LIMIT 1000`
	rows, err := f.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, f.errorf(ctx, err)
	}
	defer rows.Close()
	var list []source
	for rows.Next() {
		var name, kind, sqlText, column, geometryType sql.NullString
		var srs sql.NullInt64
		if err := rows.Scan(&name, &kind, &sqlText, &column, &geometryType, &srs); err != nil {
			return nil, f.errorf(ctx, err)
		}
		if strings.HasPrefix(strings.ToUpper(sqlText.String), "CREATE VIRTUAL") || name.String == "ogr_empty_table" {
			continue // a module's code, not data; a table that GDAL makes so that there is one
		}
		s := source{name: name.String, view: kind.String == "view", geometry: column.String, srs: srs.Int64}
		if s.geometry != "" {
			s.declared = parseGeometryType(geometryType.String)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		return nil, f.errorf(ctx, err)
	}
	return list, nil
}

// parseGeometryType takes GEOMETRY and the names of curved types for any.
func parseGeometryType(name string) geo.GeometryType {
	for t := geo.GeometryPoint; t <= geo.GeometryGeometryCollection; t++ {
		if strings.EqualFold(name, t.String()) {
			return t
		}
	}
	return geo.GeometryAny
}

// choose gives the source called name, or the only one.
func (f *file) choose(list []source, name string) (source, error) {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.name
		if s.name == name || name == "" && len(list) == 1 {
			return s, nil
		}
	}
	switch {
	case len(list) == 0:
		return source{}, geo.Errorf(geo.KindInvalid, "the GeoPackage %s has no layer of features or attributes", f.name)
	case name == "":
		return source{}, geo.Errorf(geo.KindInvalid, "%s has %d layers; name one of them: %s", f.name, len(list), listed(names))
	}
	return source{}, geo.Errorf(geo.KindInvalid, "%s has no layer %q; it has %s", f.name, name, listed(names))
}

func listed(names []string) string {
	if len(names) > 50 {
		names = append(names[:50:50], "…")
	}
	return strings.Join(names, ", ")
}

// system finds the CRS of a srs_id. Problem tells of one that puy does not know.
func (f *file) system(ctx context.Context, id int64) (code crs.Code, unknown string) {
	if id == 0 || id == -1 {
		return crs.Unknown, ""
	}
	var organization, definition sql.NullString
	var number sql.NullInt64
	err := f.conn.QueryRowContext(ctx, "SELECT organization, organization_coordsys_id, substr(definition, 1, 65536) FROM gpkg_spatial_ref_sys WHERE srs_id = ?", id).
		Scan(&organization, &number, &definition)
	if err != nil {
		return crs.Unknown, ""
	}
	if strings.EqualFold(organization.String, "EPSG") {
		if s, ok := crs.Lookup(crs.Code(number.Int64)); ok && number.Int64 != int64(crs.CRS84) {
			return s.Code, ""
		}
	}
	if code, ok := crs.ParseWKT(definition.String); ok {
		return code, ""
	}
	name := organization.String + ":" + geo.Integer(number.Int64).String()
	return crs.Unknown, name
}
