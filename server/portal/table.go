package portal

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"

	"puy/geo"
	"puy/server/answer"
	"puy/store"
)

// tableRows is how many rows a page of a table shows.
const tableRows = 25

// tableView is one page of a dataset's rows. First and Next are empty where
// they lead nowhere.
type tableView struct {
	Columns     []fieldView
	Rows        []rowView
	Range       string
	First, Next string
}

type rowView struct {
	URL, Label string
	Values     []valueView
}

// cursor gives the fid after which a table goes on. Other parameters are
// ignored: visitors come with those that mail and social networks add.
func cursor(r *http.Request) (int64, error) {
	text := r.URL.Query().Get("cursor")
	if text == "" {
		return 0, nil
	}
	after, err := strconv.ParseInt(text, 10, 64)
	if err != nil || after < 0 {
		return 0, answer.BadParameter("cursor", text, answer.Because("cursor.table"))
	}
	return after, nil
}

// table reads the rows after the fid after.
func (p *Portal) table(ctx context.Context, g *page, d store.Dataset, after int64) (tableView, error) {
	schema := &d.Current.Schema
	t := tableView{Columns: viewFields(g.Language, schema)}
	address := g.link("datasets", d.ID)
	if after > 0 {
		t.First = address + "#table-title"
	}
	q := store.Query{Version: d.Current.Number, NoGeometry: true, After: after, Limit: tableRows + 1}
	var last int64
	for f, err := range p.rows.Features(ctx, d.ID, q) {
		if err != nil {
			return tableView{}, err
		}
		if len(t.Rows) == tableRows {
			t.Next = address + "?" + url.Values{"cursor": {strconv.FormatInt(last, 10)}}.Encode() + "#table-title"
			break
		}
		row, err := g.viewRow(d, t.Columns, f)
		if err != nil {
			return tableView{}, err
		}
		t.Rows, last = append(t.Rows, row), f.FID
	}
	total, err := g.Count("count.rows", d.Current.Rows)
	if err != nil {
		return tableView{}, err
	}
	t.Range, err = g.Text("table.range", "shown", g.Integer(int64(len(t.Rows))), "total", total)
	return t, err
}

func (g *page) viewRow(d store.Dataset, columns []fieldView, f *geo.Feature) (rowView, error) {
	row := rowView{URL: g.link("datasets", d.ID, "items", f.ID), Values: make([]valueView, len(f.Values))}
	for i, v := range f.Values {
		var err error
		if row.Values[i], err = viewValue(g.Language, columns[i], v); err != nil {
			return rowView{}, err
		}
	}
	row.Label = f.ID
	if i := titleField(&d.Current.Schema); i >= 0 {
		row.Label = cmp.Or(row.Values[i].Text, f.ID)
	}
	return row, nil
}
