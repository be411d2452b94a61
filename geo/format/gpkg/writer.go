package gpkg

import (
	"context"
	"database/sql"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"puy/geo"
	"puy/geo/format"
)

// writer builds the file on disk, since SQLite needs to go back and forth, and
// copies it to w in the end.
type writer struct {
	w      io.Writer
	dir    string
	db     *sql.DB
	conn   *sql.Conn
	insert *sql.Stmt
	table  Table
	boxes  *boxSpool // nil for a layer without geometry
	args   []any
	blob   []byte
	last   int64
}

func newWriter(w io.Writer, layer format.Layer) (*writer, error) {
	dir, err := os.MkdirTemp(layer.TempDir, "puy-gpkg-")
	if err != nil {
		return nil, geo.Errorf(geo.KindInternal, "cannot make a temporary folder: %w", err)
	}
	o := &writer{w: w, dir: dir}
	if err := o.open(context.Background(), layer); err != nil {
		o.discard()
		return nil, geo.Errorf(geo.KindInternal, "cannot start a GeoPackage: %w", err)
	}
	return o, nil
}

func (o *writer) path() string { return filepath.Join(o.dir, "layer.gpkg") }

func (o *writer) open(ctx context.Context, layer format.Layer) error {
	var err error
	o.db, err = Open(o.path(), url.Values{"_pragma": {"journal_mode(OFF)", "synchronous(OFF)", "locking_mode(EXCLUSIVE)", "cache_size(-8192)"}})
	if err != nil {
		return err
	}
	if o.conn, err = o.db.Conn(ctx); err != nil {
		return err
	}
	if err := CreateCore(ctx, o.conn); err != nil {
		return err
	}
	if _, err := o.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	name := layerName(layer.Name)
	o.table = Table{Name: name, Identifier: name, Key: "fid", Geometry: "geom", Schema: layer.Schema, Bounds: geo.EmptyBounds(), Changed: time.Now()}
	reserved := []string{"fid", "geom"}
	if layer.HasIDs && layer.Schema.Key == "" {
		o.table.Extra = []string{"id"}
		reserved = append(reserved, "id")
	}
	if layer.Schema.Spatial() {
		if o.boxes, err = newBoxSpool(o.dir); err != nil {
			return err
		}
	}
	o.table.Columns = ColumnNames(layer.Schema.Fields, reserved...)
	if o.table.SRS, err = SRS(ctx, o.conn, layer.CRS); err != nil {
		return err
	}
	if _, err := o.conn.ExecContext(ctx, o.table.CreateTable(Quote(name))); err != nil {
		return err
	}
	o.insert, err = o.conn.PrepareContext(ctx, o.table.Insert(Quote(name)))
	return err
}

// layerName avoids the names that the formats keep for themselves.
func layerName(name string) string {
	name = strings.ReplaceAll(name, "\x00", "")
	lower := strings.ToLower(name)
	for _, prefix := range []string{"gpkg_", "rtree_", "sqlite_"} {
		if strings.HasPrefix(lower, prefix) {
			return "layer_" + name
		}
	}
	if name == "" {
		return "layer"
	}
	return name
}

// Write adds f under its FID, or under the next number where an earlier row has
// that or a greater one.
func (o *writer) Write(f *geo.Feature) error {
	fid := f.FID
	if fid <= o.last {
		fid = o.last + 1
	}
	var err error
	if o.args, o.blob, err = o.table.Row(o.args[:0], o.blob[:0], fid, f); err != nil {
		return err
	}
	if _, err := o.insert.Exec(o.args...); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot write feature %d: %w", fid, err)
	}
	o.last = fid
	o.table.Rows++
	if b := f.Geometry.Bounds(); o.boxes != nil && !b.IsEmpty() {
		if err := o.boxes.add(NewBox(fid, b)); err != nil {
			return geo.Errorf(geo.KindInternal, "cannot write the temporary file: %w", err)
		}
		o.table.Bounds = o.table.Bounds.Union(b)
	}
	return nil
}

// Close indexes and describes the layer, and copies the file to the io.Writer.
func (o *writer) Close() error {
	defer o.discard()
	if err := o.finish(context.Background()); err != nil {
		return geo.Errorf(geo.KindInternal, "cannot complete the GeoPackage: %w", err)
	}
	f, err := os.Open(o.path())
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot read the GeoPackage back: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return geo.Errorf(geo.KindInternal, "cannot read the GeoPackage back: %w", err)
	}
	format.Announce(o.w, info.Size())
	_, err = io.Copy(onlyWriter{o.w}, f)
	return err
}

// onlyWriter hides the other methods of a Writer, so that io.Copy goes in pieces.
type onlyWriter struct{ io.Writer }

// Discard removes what was written so far.
func (o *writer) Discard() { o.discard() }

func (o *writer) finish(ctx context.Context) error {
	if err := o.insert.Close(); err != nil {
		return err
	}
	if o.boxes != nil {
		boxes, err := o.boxes.all()
		if err != nil {
			return err
		}
		if err := CreateRTree(ctx, o.conn, o.table.RTree(), boxes); err != nil {
			return err
		}
	}
	if err := o.table.Register(ctx, o.conn); err != nil {
		return err
	}
	if _, err := o.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return err
	}
	err := o.conn.Close()
	if e := o.db.Close(); err == nil {
		err = e
	}
	o.conn, o.db = nil, nil
	return err
}

func (o *writer) discard() {
	if o.conn != nil {
		o.conn.Close()
	}
	if o.db != nil {
		o.db.Close()
	}
	if o.boxes != nil {
		o.boxes.close() // an error is no news of a file that is removed
	}
	o.conn, o.db, o.boxes = nil, nil, nil
	os.RemoveAll(o.dir)
}
