package source

import (
	"testing"

	"puy/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }
