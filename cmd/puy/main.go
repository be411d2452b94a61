// Command puy loads open geodata into a store, checks it, and serves it as
// pages, OGC API Features and vector tiles.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process where the first one finds no ear.
	context.AfterFunc(ctx, stop)
	// A reader of the output that goes away is an error to meet, not a death.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}
