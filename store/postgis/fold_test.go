package postgis

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"puy/geo/cql2/predicate"
	"puy/internal/pgtest"
)

var update = flag.Bool("update", false, "write the migration that folds texts")

const foldFile = "sql/0005_fold.sql"

// foldSQL gives the migration that folds texts as package predicate does, made
// of the same tables.
func foldSQL() string {
	const latin = 0x17F // the last character of the blocks that most texts are made of
	var from, to, latinFrom, latinTo, expanding strings.Builder
	var expand, latinExpand []string
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		folded := predicate.FoldCase(string(r))
		switch {
		case folded == string(r):
		case utf8.RuneCountInString(folded) == 1:
			from.WriteRune(r)
			to.WriteString(folded)
			if r <= latin {
				latinFrom.WriteRune(r)
				latinTo.WriteString(folded)
			}
		default:
			step := fmt.Sprintf("t := replace(t, '%c', '%s');", r, folded)
			if expand = append(expand, step); r <= latin {
				latinExpand = append(latinExpand, step)
			}
			expanding.WriteRune(r)
		}
	}
	var marks strings.Builder
	for _, r := range unicode.Mn.R16 {
		marks.WriteString(span(rune(r.Lo), rune(r.Hi), rune(r.Stride)))
	}
	for _, r := range unicode.Mn.R32 {
		marks.WriteString(span(rune(r.Lo), rune(r.Hi), rune(r.Stride)))
	}
	indent := func(list []string, by string) string { return by + strings.Join(list, "\n"+by) }
	return fmt.Sprintf(`-- Written by go test ./store/postgis -run TestFoldMigration -update.

CREATE FUNCTION puy.casei(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
BEGIN
    IF octet_length(t) = length(t) THEN
        RETURN lower(t COLLATE "C");
    END IF;
    IF t !~ '[^\u0001-\u017F]' THEN
        t := translate(t, '%s', '%s');
%s
        RETURN t;
    END IF;
    t := translate(t, '%s', '%s');
    IF t ~ '[%s]' THEN
%s
    END IF;
    RETURN t;
END
$$;
COMMENT ON FUNCTION puy.casei IS 'Full case folding (Unicode section 5.18)';

CREATE FUNCTION puy.accenti(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
BEGIN
    IF octet_length(t) = length(t) THEN
        RETURN t;
    END IF;
    RETURN normalize(regexp_replace(normalize(t, NFD), '[%s]+', '', 'g'), NFC);
END
$$;
COMMENT ON FUNCTION puy.accenti IS 'A text without nonspacing marks';
`, latinFrom.String(), latinTo.String(), indent(latinExpand, "        "), from.String(), to.String(), expanding.String(),
		indent(expand, "        "), marks.String())
}

func span(lo, hi, stride rune) string {
	escape := func(r rune) string { return fmt.Sprintf(`\U%08X`, r) }
	if stride == 1 && hi > lo {
		return escape(lo) + "-" + escape(hi)
	}
	var b strings.Builder
	for r := lo; r <= hi; r += stride {
		b.WriteString(escape(r))
	}
	return b.String()
}

func TestFoldMigration(t *testing.T) {
	want := foldSQL()
	if *update {
		if err := os.WriteFile(foldFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(foldFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the tables say; add a migration:\n%.2000s", foldFile, diff)
	}
}

// TestFold compares the database's folding with that of package predicate, of
// every character, composed and decomposed, and of texts.
func TestFold(t *testing.T) {
	st, err := Open(t.Context(), pgtest.Database(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var texts []string
	for r := rune(1); r <= 0x1FFFF; r++ {
		if utf8.ValidRune(r) && unicode.In(r, unicode.L, unicode.M, unicode.N) {
			texts = append(texts, string(r), "a"+string(r)+"\u0301e")
		}
	}
	texts = append(texts, "", "Straße", "CHIȘINĂU", "Kobenhavn", "ΌΔΟΣ ᾳ", "e\u0301É", "İstanbul", "ﬁn", "한국어")
	rows, err := st.pool.Query(t.Context(), `SELECT t, puy.casei(t), puy.accenti(t), puy.accenti(puy.casei(t)) FROM unnest($1::text[]) t`, texts)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	wrong := 0
	for rows.Next() {
		var text, folded, bare, both string
		if err := rows.Scan(&text, &folded, &bare, &both); err != nil {
			t.Fatal(err)
		}
		wantBare := predicate.FoldAccents(text)
		if folded != predicate.FoldCase(text) || bare != wantBare || both != predicate.FoldAccents(predicate.FoldCase(text)) {
			if wrong++; wrong < 20 {
				t.Errorf("%q (%U): casei %q want %q, accenti %q want %q", text, []rune(text), folded, predicate.FoldCase(text), bare, wantBare)
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if wrong >= 20 {
		t.Errorf("%d of %d texts differ", wrong, len(texts))
	}
}
