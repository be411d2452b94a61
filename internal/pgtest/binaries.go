package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrMissing tells that this machine has no PostgreSQL or no PostGIS. Its text
// says what to install.
var ErrMissing = errors.New("PostgreSQL with PostGIS is not installed: install the packages postgresql and postgis " +
	"(on Debian: apt-get install postgresql postgresql-postgis), or set PUY_TEST_POSTGRES to the URL of a server that has them")

// binaries finds the folder that holds initdb and postgres: in PATH, where
// Debian and Red Hat keep them (the highest version), or where pg_config says.
func binaries() (string, error) {
	var folders []string
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"} {
		found, _ := filepath.Glob(pattern) // the only error is of a malformed pattern
		slices.SortFunc(found, func(a, b string) int { return majorVersion(b) - majorVersion(a) })
		folders = append(folders, found...)
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	for _, folder := range folders {
		if executable(filepath.Join(folder, "initdb")) && executable(filepath.Join(folder, "postgres")) {
			return folder, nil
		}
	}
	return "", ErrMissing
}

// majorVersion gives the digits in a folder's name as a number.
func majorVersion(folder string) int {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, folder)
	n, _ := strconv.Atoi(digits) // without digits it is 0, the last choice
	return n
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
