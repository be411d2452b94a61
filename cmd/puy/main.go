// Command puy loads open geodata into a store, checks it, and serves it as
// pages, OGC API Features and vector tiles.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process where the first one finds no ear.
	context.AfterFunc(ctx, stop)
	// A reader of the output that goes away is an error to meet, not a death.
	signal.Ignore(syscall.SIGPIPE)
	thrift(os.Args[1:])
	os.Exit(Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// thrift lets commands that read whole files collect garbage twice as often as Go
// does of itself: what they keep is large, what they drop is little.
func thrift(args []string) {
	reads := len(args) > 0 && (args[0] == "ingest" || args[0] == "check")
	if reads && os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(50)
	}
}
