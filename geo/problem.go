package geo

// Rule is the stable name of a check that a row, a column or a file failed.
type Rule string

// The rules. The sentences in fr and en belong to package ingest.
const (
	RuleSyntax        Rule = "syntax"            // the bytes of the row cannot be read
	RuleType          Rule = "type"              // a value does not fit its field's type
	RuleEncoding      Rule = "encoding"          // text that is not valid in its encoding
	RuleColumns       Rule = "columns"           // a row with more or fewer cells than the header
	RuleGeometry      Rule = "geometry"          // a geometry that cannot be read or is invalid
	RuleGeometryType  Rule = "geometry-type"     // a geometry of a kind that the dataset does not declare
	RuleOutsideCRS    Rule = "outside-crs"       // coordinates outside the area of use of the CRS
	RuleDuplicateKey  Rule = "duplicate-key"     // a key that an earlier row has
	RuleMissingKey    Rule = "missing-key"       // a key that is null or empty
	RuleMissingColumn Rule = "missing-column"    // a declared column that the file does not have
	RuleNoGeometry    Rule = "no-geometry"       // a row without geometry in a spatial dataset (a warning)
	RuleUnknownCRS    Rule = "unknown-crs"       // a CRS that puy does not know
	RuleEmpty         Rule = "empty"             // a file without a row
	RuleMerged        Rule = "merged-cells"      // cells of a worksheet that were merged (a warning)
	RuleGuessedCRS    Rule = "guessed-crs"       // a CRS that only the size of the coordinates tells (a warning)
	RuleSwappedAxes   Rule = "swapped-axes"      // coordinates that make sense in the other order
	RuleOutside       Rule = "outside-territory" // coordinates outside the territory that the dataset declares (a warning)
	RuleMixedGeometry Rule = "mixed-geometry"    // points, lines and areas in one dataset (a warning)
	RuleDoubled       Rule = "doubled-feature"   // the geometry and the attributes of an earlier row (a warning)
	RuleRepeatedPoint Rule = "repeated-point"    // a vertex that stands twice in a row (a warning)
	RuleSpike         Rule = "spike"             // a boundary that runs out and back (a warning where the area is valid)
	RuleRepaired      Rule = "repaired"          // a geometry that was made valid on request (a warning)
	RuleGap           Rule = "gap"               // a tiny gap between areas that should touch (a warning)
	RuleOverlap       Rule = "overlap"           // a tiny overlap of areas that should touch (a warning)
	RuleIgnored       Rule = "ignored"           // a part of the file that is not used or not there (a warning)
)

// Problem is one thing wrong in a source. It is told by row, column and value;
// Detail says more in technical English and may be empty.
type Problem struct {
	Row    int64  `json:"row,omitempty"` // 1 is the first feature or the first line after a header; 0 concerns the whole file
	Column string `json:"column,omitempty"`
	Value  string `json:"value,omitempty"` // cut to 80 characters
	Rule   Rule   `json:"rule"`
	Detail string `json:"detail,omitempty"`
}

// ClipValue cuts a value for a Problem at 80 characters.
func ClipValue(s string) string {
	n := 0
	for i := range s {
		if n++; n > 80 {
			return s[:i] + "…"
		}
	}
	return s
}
