package postgis

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"puy/geo"
)

func TestColumnNamesIgnoreCase(t *testing.T) {
	tests := []struct{ fields, want []string }{
		{[]string{"ID", "nom"}, []string{"ID_1", "nom"}},
		{[]string{"id", "ID", "Id"}, []string{"id_1", "ID_2", "Id_3"}},
		{[]string{"GEOM", "Fid", "XMIN"}, []string{"GEOM_1", "Fid_1", "XMIN_1"}},
		{[]string{"Nom", "nom", "NOM", "nom_1"}, []string{"Nom", "nom_2", "NOM_3", "nom_1"}},
		{[]string{"Été", "été", "ete"}, []string{"Été", "été_1", "ete"}},
		{[]string{"a", "b"}, []string{"a", "b"}},
	}
	for _, tt := range tests {
		var fields []geo.Field
		for _, name := range tt.fields {
			fields = append(fields, geo.Field{Name: name})
		}
		if diff := cmp.Diff(tt.want, columnNames(fields)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.fields, diff)
		}
	}
}
