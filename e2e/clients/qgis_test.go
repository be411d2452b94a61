//go:build qgis

package clients

import "testing"

// TestQGIS is for `make clients`: QGIS takes more than a gigabyte.
func TestQGIS(t *testing.T) {
	onEachStore(t, func(t *testing.T, p *portal) {
		python(t, p, "in_qgis.py", "qgis.core", "python3-qgis")
	})
}
