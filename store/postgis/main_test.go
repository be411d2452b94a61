package postgis_test

import (
	"os"
	"testing"

	"puy/internal/pgtest"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(victimVariable); url != "" {
		victim(url)
		return
	}
	pgtest.Main(m)
}
