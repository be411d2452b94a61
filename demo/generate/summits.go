package main

import "puy/geo"

// summits gives high points of the Chaîne des Puys and around the city, with
// their heights in metres as the third coordinate.
func summits(t *territory) []feature {
	tops := []struct {
		name     string
		lon, lat float64
		height   int64
		kind     string
	}{
		{"Puy de Dôme", 2.9647, 45.7722, 1465, "Dôme"},
		{"Puy de Pariou", 2.9719, 45.7956, 1209, "Cône à cratère"},
		{"Puy de Côme", 2.9411, 45.7919, 1253, "Cône à cratère"},
		{"Petit Puy de Dôme", 2.9680, 45.7790, 1268, "Cône à cratère"},
		{"Grand Sarcoui", 2.9850, 45.8170, 1147, "Dôme"},
		{"Puy Chopine", 2.9467, 45.8245, 1181, "Dôme"},
		{"Puy de Laschamp", 2.9575, 45.7480, 1261, "Cône à cratère"},
		{"Puy de Lassolas", 2.9620, 45.7055, 1187, "Cône égueulé"},
		{"Puy de la Vache", 2.9680, 45.7010, 1167, "Cône égueulé"},
		{"Plateau de Gergovie", 3.1240, 45.7095, 744, "Plateau basaltique"},
		{"Puy de Gravenoire", 3.0480, 45.7530, 823, "Cône"},
		{"Côtes de Clermont", 3.0810, 45.8090, 621, "Plateau basaltique"},
	}
	var out []feature
	for _, s := range tops {
		p := at(s.lon, s.lat)
		commune := geo.Value{}
		if code := t.code(p); code != "" {
			commune = geo.Text(code)
		}
		out = append(out, feature{kind: "Point", line: []point{p}, height: []float64{float64(s.height)}, values: []value{
			{"nom", geo.Text(s.name)}, {"altitude", geo.Integer(s.height)}, {"nature", geo.Text(s.kind)}, {"code_com", commune},
		}})
	}
	return out
}
