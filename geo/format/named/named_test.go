package named_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
	"puy/geo/format/named"
)

func row(cells ...string) *named.Row {
	var r named.Row
	for i := 0; i < len(cells); i += 2 {
		r.Set(cells[i], cells[i+1])
	}
	return &r
}

func TestColumns(t *testing.T) {
	f := named.NewFinder(map[string]geo.FieldType{"declared": geo.TypeInteger})
	rows := []*named.Row{row("a", " 1 ", "t", "x", "t", "again"), row("a", "2", "b", "", "d", "2024-02-29", "declared", "x"), row()}
	for _, r := range rows {
		f.Add(r)
	}
	c := f.Columns()
	var fields, values []string
	for _, f := range c.Fields {
		fields = append(fields, fmt.Sprint(f.Name, " ", f.Type))
	}
	if diff := cmp.Diff([]string{"a integer", "t text", "d date", "declared integer"}, fields); diff != "" {
		t.Error(diff)
	}
	var buf []geo.Value
	for i, r := range rows {
		var problems []geo.Problem
		buf, problems = c.Values(r, int64(i+1), buf)
		line := ""
		for _, v := range buf {
			line += v.String() + "|"
		}
		for _, p := range problems {
			line += fmt.Sprint(" ", p.Row, p.Column, p.Rule, p.Value)
		}
		values = append(values, line)
	}
	if diff := cmp.Diff([]string{"1|x|||", "2||2024-02-29|| 2declaredtypex", "||||"}, values); diff != "" {
		t.Error(diff)
	}
}

func TestBounds(t *testing.T) {
	var r named.Row
	long := strings.Repeat("x", 1<<20)
	for i := range 40 {
		r.Set(fmt.Sprint(i), long)
	}
	if !r.Full() || r.Get("31") == "" || r.Get("35") != "" {
		t.Error("a row without bound")
	}
	f := named.NewFinder(nil)
	for i := range 5000 {
		r.Reset()
		r.Set(fmt.Sprint(i), "1")
		f.Add(&r)
	}
	if c := f.Columns(); len(c.Fields) != named.MaxCells || len(c.Warnings) != 1 {
		t.Error(len(c.Fields), c.Warnings)
	}
	r.Reset()
	r.Set(long, "1")
	if r.Get(long) != "" || r.Get(long[:1000]) != "1" {
		t.Error("a name without bound")
	}
}

func TestArrange(t *testing.T) {
	f := named.NewFinder(nil)
	r := row("x", "1", "z", "2", "b", "3", "y", "4", "a", "5")
	f.Add(r)
	f.Arrange([]string{"a", "b", "absent"}, []string{"z"})
	c := f.Columns()
	values, _ := c.Values(r, 1, nil)
	got := ""
	for i, field := range c.Fields {
		got += field.Name + values[i].String() + " "
	}
	if got != "a5 b3 x1 y4 z2 " {
		t.Error(got)
	}
}

func TestCut(t *testing.T) {
	r := row("a", "1", "b", strings.Repeat("x", named.MaxText))
	if r.Cut(1); r.Len() != 1 || r.Full() || r.Get("b") != "" || r.Get("a") != "1" {
		t.Error(r.Len(), r.Full())
	}
}
