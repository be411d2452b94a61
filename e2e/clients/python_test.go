package clients

import "testing"

func testOWSLib(t *testing.T, p *portal) {
	python(t, p, "with_owslib.py", "owslib", "python3-owslib")
}

func testQGIS(t *testing.T, p *portal) {
	python(t, p, "in_qgis.py", "qgis.core", "python3-qgis")
}
