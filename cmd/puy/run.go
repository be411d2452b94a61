package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"puy/geo"
)

// The exit codes, which scripts may rely on.
const (
	exitOK          = 0
	exitInternal    = 1
	exitUsage       = 2
	exitInvalid     = 3 // a source, a catalogue file or an argument that cannot be accepted
	exitNotFound    = 4
	exitConflict    = 5
	exitUnavailable = 6 // a store or a source that does not answer
	exitLimit       = 7
	exitInterrupted = 130
)

// environment is what a command may use of the world.
type environment struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
}

// command is one sub-command.
type command struct {
	name, args, summary string
	run                 func(ctx context.Context, env *environment, args []string) error
}

func commands() []command {
	return []command{
		{"ingest", "--catalog DIR [DATASET…] | FILE --id ID", "load a catalogue, or one file, into a store", runIngest},
		{"check", checkSynopsis, "tell what would be loaded and what is wrong; load nothing", runCheck},
		{"serve", "", "serve pages, API and tiles from a store", runServe},
		{"list", "", "list the datasets of a store", runList},
		{"rollback", "DATASET", "serve the version before the current one again", runRollback},
		{"versions", "DATASET", "list the kept versions of a dataset, and what each changed", runVersions},
		{"diff", "DATASET [FROM [TO]]", "tell what differs between two versions of a dataset", runDiff},
		{"prune", "[DATASET…]", "drop old versions", runPrune},
		{"remove", "DATASET", "drop a dataset; its addresses tell that it was removed", runRemove},
		{"export", "DATASET -o FILE", "write the current version of a dataset to a file", runExport},
		{"tiles", tilesSynopsis, "write tiles of datasets to a PMTiles archive", runTiles},
		{"key", keySynopsis, "make, list and remove the keys that let programs edit features", runKey},
	}
}

// Run runs the command that args name and gives the exit code.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	env := &environment{stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv}
	err := dispatch(ctx, env, args)
	if err == nil {
		return exitOK
	}
	if ctx.Err() != nil {
		fmt.Fprintf(stderr, "puy: %s\n", geo.Say("interrupted").In(env.tongue()))
		return exitInterrupted
	}
	tongue := env.tongue()
	fmt.Fprintf(stderr, "puy: %s\n", geo.ErrorIn(err, tongue))
	if e, ok := errors.AsType[*geo.Error](err); ok && e.Hint != "" {
		fmt.Fprintf(stderr, "%s\n", geo.Say("hint: %s", e.HintIn(tongue)).In(tongue))
	}
	return exitCode(geo.KindOf(err))
}

func exitCode(k geo.ErrorKind) int {
	switch k {
	case geo.KindUsage:
		return exitUsage
	case geo.KindInvalid:
		return exitInvalid
	case geo.KindNotFound:
		return exitNotFound
	case geo.KindConflict:
		return exitConflict
	case geo.KindUnavailable:
		return exitUnavailable
	case geo.KindLimit:
		return exitLimit
	}
	return exitInternal
}

func dispatch(ctx context.Context, env *environment, args []string) error {
	if len(args) == 0 {
		usage(env.stderr)
		return geo.Errorf(geo.KindUsage, "a command is missing")
	}
	name := args[0]
	switch name {
	case "help", "-h", "--help":
		usage(env.stdout)
		return nil
	}
	for _, c := range commands() {
		if c.name == name {
			err := c.run(ctx, env, args[1:])
			if errors.Is(err, errHelp) {
				return nil
			}
			return err
		}
	}
	usage(env.stderr)
	return geo.Errorf(geo.KindUsage, "there is no command %q", name)
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: puy COMMAND [arguments]   (puy COMMAND -h tells its flags)")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(table, "  %s\t%s\n", strings.TrimSpace(c.name+" "+c.args), c.summary)
	}
	table.Flush()
	fmt.Fprintln(w, "\nexit codes: 0 done · 1 internal · 2 usage · 3 invalid input · 4 not found · 5 conflict · 6 unavailable · 7 limit · 130 interrupted")
}
