package postgis

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"puy/geo"
)

// maxIdentifier is how many bytes of a name PostgreSQL keeps (NAMEDATALEN - 1).
const maxIdentifier = 63

// takenNames are columns of every table: puy's own, and PostgreSQL's system columns.
var takenNames = [...]string{"fid", "id", "geom", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}

// columnNames gives a column for each field: its name where that is possible,
// else the name cut or numbered until it is. No two differ by case alone, which
// GDAL and what is built on it could not tell apart.
func columnNames(fields []geo.Field) []string {
	taken := make(map[string]bool, len(fields)+len(takenNames))
	for _, name := range takenNames {
		taken[name] = true
	}
	names := make([]string, len(fields))
	// Names that can stay go first, so that none is taken by a made-up one.
	for i := range fields {
		name := fields[i].Name
		if name != "" && len(name) <= maxIdentifier && !strings.ContainsRune(name, 0) && !taken[foldCase(name)] {
			names[i], taken[foldCase(name)] = name, true
		}
	}
	for i := range fields {
		if names[i] != "" {
			continue
		}
		base := strings.ReplaceAll(fields[i].Name, "\x00", "")
		if base == "" {
			base = "field"
		}
		for n := 1; names[i] == ""; n++ {
			suffix := "_" + strconv.Itoa(n)
			if name := cutText(base, maxIdentifier-len(suffix)) + suffix; !taken[foldCase(name)] {
				names[i], taken[foldCase(name)] = name, true
			}
		}
	}
	return names
}

// foldCase gives what all names have in common that differ by case alone.
func foldCase(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// cutText gives at most n bytes of s, whole characters only.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// quote gives the name of a column as SQL.
func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// columnType gives the SQL type of a field. Text compares by code point.
func columnType(t geo.FieldType) string {
	switch t {
	case geo.TypeInteger:
		return "bigint"
	case geo.TypeNumber:
		return "double precision"
	case geo.TypeBoolean:
		return "boolean"
	case geo.TypeDate:
		return "date"
	case geo.TypeDateTime:
		return "timestamptz"
	case geo.TypeTextArray:
		return `text[] COLLATE "C"`
	case geo.TypeJSON:
		return "jsonb"
	}
	return `text COLLATE "C"`
}

// geometryType gives the SQL type of the geometry column. A schema with heights
// says only that some geometry has one, so until all are known any may come.
func geometryType(s *geo.Schema) string {
	if s.HasZ {
		return "geometry"
	}
	return "geometry(" + s.Geometry.String() + ",4326)"
}

// table is the table of one version.
type table struct {
	dataset  int32
	version  int64
	keyed    bool
	compared bool
	// shapeless: some row may have no geometry.
	shapeless bool
	schema    geo.Schema
	columns   []string // one a field
}

// name gives the table as SQL. It consists of numbers, never of what a user says.
func (t *table) name() string { return pgx.Identifier{"puy", t.plainName()}.Sanitize() }

func (t *table) plainName() string {
	return "v_" + strconv.FormatInt(int64(t.dataset), 10) + "_" + strconv.FormatInt(t.version, 10)
}

// differences gives, as SQL, the table of what the version changed.
func (t *table) differences() string { return pgx.Identifier{"puy", t.plainDifferences()}.Sanitize() }

func (t *table) plainDifferences() string { return "d" + strings.TrimPrefix(t.plainName(), "v") }

// columnList gives fid, id, the columns of the fields, and geom if there is
// one, each after prefix, as SQL.
func (t *table) columnList(prefix string) string {
	var b strings.Builder
	b.WriteString(prefix + "fid, " + prefix + "id")
	for _, c := range t.columns {
		b.WriteString(", " + prefix + quote(c))
	}
	if t.schema.Spatial() {
		b.WriteString(", " + prefix + "geom")
	}
	return b.String()
}

// create gives the statement that makes the table under name, without indexes.
func (t *table) create(name string) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + name + ` (fid bigint NOT NULL, id text COLLATE "C" NOT NULL`)
	for i, c := range t.columns {
		b.WriteString(", " + quote(c) + " " + columnType(t.schema.Fields[i].Type))
	}
	if t.schema.Spatial() {
		b.WriteString(", geom " + geometryType(&t.schema))
	}
	b.WriteString(")")
	return b.String()
}
