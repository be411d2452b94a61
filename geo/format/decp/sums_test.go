package decp_test

import (
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"puy/geo/format"
	"puy/internal/formattest"
)

// national makes the JSON of n contracts with up to four holders and modifications.
func national(n int) string {
	r := rand.New(rand.NewPCG(7, 11))
	var b strings.Builder
	b.WriteString(`{"marches":{"marche":[`)
	holders := func() string {
		var list []string
		for range r.IntN(5) {
			list = append(list, fmt.Sprintf(`{"titulaire":{"typeIdentifiant":"SIRET","id":"%014d"}}`, r.IntN(1e6)))
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"id":"%05d","acheteur":{"id":"21630113%06d"},"codeCPV":"45000000","dateNotification":"2024-01-02","montant":%d.%02d,"dureeMois":%d,"titulaires":%s,"modifications":[`,
			i, r.IntN(50), 40000+r.IntN(1e6), r.IntN(100), 1+r.IntN(48), holders())
		for j := range r.IntN(4) {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"modification":{"id":%d,"dateNotificationModification":"2024-%02d-%02d"`, j+1, 2+r.IntN(10), 1+r.IntN(28))
			if r.IntN(2) == 0 {
				fmt.Fprintf(&b, `,"montant":%d`, 40000+r.IntN(1e6))
			}
			if r.IntN(3) == 0 {
				fmt.Fprintf(&b, `,"titulaires":%s`, holders())
			}
			b.WriteString("}}")
		}
		b.WriteString("]}")
	}
	b.WriteString("]}}")
	return b.String()
}

// reference asks SQLite, by its functions for JSON, for what flattening is to give.
const reference = `
with contract as materialized (
	select c.key as n, c.value as v from json_each(?, '$.marches.marche') c
), change as materialized (
	select c.n, m.key as k, m.value ->> '$.modification.dateNotificationModification' as day,
		m.value ->> '$.modification.montant' as montant, m.value -> '$.modification.titulaires' as holders
	from contract c, json_each(c.v, '$.modifications') m
), present as materialized (
	select v ->> '$.montant' as first,
		coalesce((select montant from change x where x.n = c.n and montant is not null order by day desc, k desc limit 1), v ->> '$.montant') as montant,
		coalesce((select holders from change x where x.n = c.n and json_array_length(holders) > 0 order by day desc, k desc limit 1), v -> '$.titulaires') as holders,
		json_array_length(v, '$.modifications') as changes
	from contract c
), counted as (
	select *, (select count(distinct value ->> '$.titulaire.id') from json_each(holders)) as n from present
)
select sum(montant), sum(first), sum(max(n, 1)), sum(n), sum(changes), sum(montant * max(n, 1)) from counted`

// TestSums compares sums over rows with sums over contracts, which SQLite makes.
func TestSums(t *testing.T) {
	content := national(400)
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var want [6]float64
	if err := db.QueryRow(reference, content).Scan(&want[0], &want[1], &want[2], &want[3], &want[4], &want[5]); err != nil {
		t.Fatal(err)
	}
	rows, _ := table(t, formattest.Source(t, "d.json", content), format.Options{})
	cells := columns(rows, []string{"montant", "montantInitial", "titulaire_rang", "titulaires_nombre", "modifications_nombre", "montantContrat"})
	var got [6]float64
	for _, row := range cells[1:] {
		value := func(i int) float64 { v, _ := strconv.ParseFloat(row[i], 64); return v }
		got[0] += value(0)
		got[1] += value(1)
		got[2]++
		if got[5] += value(5); row[2] == "1" {
			got[3] += value(3)
			got[4] += value(4)
		}
	}
	for i, name := range []string{"amounts", "first amounts", "rows", "holders", "modifications", "amounts in each row"} {
		if math.Abs(got[i]-want[i]) > 0.01 {
			t.Errorf("%s: %f, want %f", name, got[i], want[i])
		}
	}
	if want[5] < 1.5*want[0] {
		t.Error("contracts have too few holders to tell one count from another")
	}
}

// TestOrder reads the modifications of a contract in the order of their dates, and of
// their numbers in the file where these are the same.
func TestOrder(t *testing.T) {
	modification := func(day string, amount int) string {
		return fmt.Sprintf(`{"modification":{"dateNotificationModification":%q,"montant":%d}}`, day, amount)
	}
	for want, list := range map[string][]string{
		"3": {modification("2024-02-01", 1), modification("2024-03-01", 2), modification("2024-03-01", 3)},
		"2": {modification("2024-03-02", 2), modification("2024-03-01", 1)},
		"5": {modification("2024-03-02", 4), modification("", 5)},
		"6": {modification("02/03/2024", 6), modification("2024-03-01T00:00:00", 7)},
	} {
		rows, _ := table(t, formattest.Source(t, "d.json", `[{"id":"1","acheteur":{"id":"1"},"montant":9,"modifications":[`+strings.Join(list, ",")+`]}]`), format.Options{})
		if got := columns(rows, []string{"montant", "montantInitial"}); got[1][0] != want || got[1][1] != "9" {
			t.Errorf("%s: %v", list, got[1])
		}
	}
}

// FuzzRead reads any bytes in both forms: every error has a kind, and as many rows
// come as were counted, with each contract's amount in its first row alone.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"marches.json", "marches.xml"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, seed := range []string{`[{"id":"1","acheteur":{"id":"1"},"titulaires":[[{"id":"a"}]],"montant":1}]`, `{"marches":{"marche":{"titulaires":{"titulaire":"1"}}}}`,
		`<marches><marche><titulaires>123456789</titulaires><montant>1</montant></marche></marches>`, `{"marches":[{"modifications":[{"montant":1},{"modification":{}}]}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		read(t, formattest.Source(t, "d", string(b)))
	})
}
