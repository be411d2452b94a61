package ingest

import (
	"cmp"
	"context"
	"io"
	"path"
	"strings"

	"puy/catalog"
	"puy/geo"
	"puy/geo/crs"
	"puy/geo/format"
	"puy/geo/format/known"
	"puy/ingest/source"
)

// Correction counts what a corrected file changes.
type Correction struct {
	Format  string `json:"format"` // by its name in package known
	Rows    int64  `json:"rows"`
	Cells   int64  `json:"cells"`   // that were rewritten
	Columns int64  `json:"columns"` // that were renamed
	// Left counts rows that are not in the file, because they cannot be read.
	Left int64 `json:"left,omitempty"`
}

// Correct writes what src should have been, as far as that is certain: in UTF-8,
// without spaces around values, with a decimal point, days as 2024-05-31, columns and
// values as the dataset's schema spells them. All else stays as it stands, faults that
// need a person included. R is what a load or a check of src gave.
//
// The file is of the format that CorrectedFormat gives. Of a text table every row is
// there and cells are separated by commas. Of other formats the layer that was checked
// is there, without the rows that cannot be read; its geometry is untouched, in the CRS
// of the source, but for the direction of rings in a Shapefile, which prescribes it.
func Correct(ctx context.Context, d catalog.Dataset, src *format.Source, r *Report, schemas source.Options, w io.Writer) (Correction, error) {
	f := CorrectedFormat(r)
	if r.Format == "csv" && f.Name == "csv" {
		return correctText(ctx, d, src, r, schemas, w)
	}
	return correctLayer(ctx, d, src, r, schemas, f, w)
}

// CorrectedFormat gives the format of the corrected file of what r tells of: its own;
// where puy does not write that, XLSX of a worksheet, GeoPackage of features and CSV of
// other rows.
func CorrectedFormat(r *Report) format.Format {
	spatial := r.Geometry != geo.GeometryNone
	name := r.Format
	f, _ := known.Lookup(name)
	switch code, _ := crs.Parse(r.CRS); {
	case isSheet(name):
		name = "xlsx"
	case f.NewWriter == nil, f.SpatialOnly && !spatial, f.LonLatOnly && !inDegrees(code):
		if name = "csv"; spatial {
			name = "gpkg"
		}
	}
	f, _ = known.Lookup(name)
	return f
}

// CheckCorrectedName refuses a name for the corrected file that says another format
// than it will have.
func CheckCorrectedName(r *Report, name string) error {
	f := CorrectedFormat(r)
	for _, ext := range f.Extensions {
		if strings.HasSuffix(strings.ToLower(name), ext) {
			return nil
		}
	}
	better := strings.TrimSuffix(name, path.Ext(name)) + f.Extensions[0]
	if f.Name == r.Format {
		return geo.Errorf(geo.KindUsage, "the corrected file is written as %s: call it %s", f.Title, better)
	}
	of, _ := known.Lookup(r.Format)
	return geo.Errorf(geo.KindUsage, "the corrected file is written as %s, since puy does not write %s like this: call it %s", f.Title, cmp.Or(of.Title, r.Format), better)
}

// isSheet tells formats of worksheets, whose cells are a table before they are features.
func isSheet(name string) bool { return name == "xlsx" || name == "ods" || name == "xls" }

func inDegrees(code crs.Code) bool {
	system, ok := crs.Lookup(code)
	return code == crs.Unknown || ok && system.Geographic
}
