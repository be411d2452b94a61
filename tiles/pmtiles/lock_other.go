//go:build !unix

package pmtiles

import "os"

func lock(*os.File) error { return nil }
