package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"puy/geo"
	"puy/geo/locale"
	"puy/ingest"
	"puy/ingest/schedule"
	"puy/store"
	"puy/store/gpkg"
	"puy/store/postgis"
)

// errHelp tells that -h was asked for and answered.
var errHelp = errors.New("help was shown")

// flagSet is a flag.FlagSet whose flags may stand before and after arguments.
type flagSet struct {
	*flag.FlagSet
	env      *environment
	synopsis string
}

func newFlags(env *environment, name, args string) *flagSet {
	fs := &flagSet{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), env: env}
	// Parse would print a mistake and all flags; Run tells mistakes.
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	fs.synopsis = "usage: puy " + strings.TrimSpace(name+" "+args)
	return fs
}

// parse gives the arguments that are not flags. Errors are of KindUsage, or errHelp.
func (fs *flagSet) parse(args []string) ([]string, error) {
	var rest []string
	for {
		if err := fs.FlagSet.Parse(args); errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(fs.env.stdout, fs.synopsis)
			fs.SetOutput(fs.env.stdout)
			fs.PrintDefaults()
			return nil, errHelp
		} else if err != nil {
			return nil, geo.Errorf(geo.KindUsage, "%v", err).WithHint("%s", fs.synopsis)
		}
		left := fs.FlagSet.Args()
		if len(left) == 0 {
			return rest, nil
		}
		rest = append(rest, left[0])
		args = left[1:]
	}
}

// storeFlag adds --store.
func (fs *flagSet) storeFlag() *string {
	url := fs.env.getenv("PUY_STORE")
	if url == "" {
		url = "gpkg:./data/puy.gpkg"
	}
	return fs.String("store", url, "`URL` of the store: gpkg:PATH or postgres://… (also PUY_STORE)")
}

// refreshingStore is a store that remembers refreshes too, and can forget what never
// became a dataset. Both do.
type refreshingStore interface {
	store.Store
	ingest.Refreshes
	schedule.Store
	// Forget drops a dataset that has never had a version.
	Forget(ctx context.Context, id string) error
}

// openStore opens the store that a --store URL names, and tells whoever asked where
// it waits for another program.
func openStore(ctx context.Context, env *environment, url string) (refreshingStore, error) {
	if path, ok := strings.CutPrefix(url, "gpkg:"); ok && path != "" {
		return gpkg.Open(ctx, path, gpkg.Options{Waiting: func() { fmt.Fprintln(env.stderr, waiting(path).In(env.language())) }})
	}
	return openBounded(ctx, url, 0, nil)
}

func waiting(path string) geo.Localized {
	path = printable(path)
	return geo.Localized{
		FR: "puy : un autre programme écrit dans " + path + " ; puy attend qu’il ait fini, au plus une minute.",
		EN: "puy: another program is writing to " + path + "; puy waits until it has finished, a minute at most.",
	}
}

// openBounded is openStore for those who ask on behalf of strangers: queries end
// after timeout, and slow is told of them.
func openBounded(ctx context.Context, url string, timeout time.Duration, slow func(store.SlowQuery)) (refreshingStore, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "gpkg":
		if rest == "" {
			return nil, geo.Errorf(geo.KindUsage, "--store gpkg: wants the path of a file")
		}
		return gpkg.Open(ctx, rest, gpkg.Options{QueryTimeout: timeout, Slow: slow})
	case "postgres", "postgresql":
		return postgis.Open(ctx, url, postgis.Options{StatementTimeout: timeout, Slow: slow})
	}
	return nil, geo.Errorf(geo.KindUsage, "--store wants gpkg:PATH or postgres://…")
}

// openExisting is openStore for commands that only make sense on a store that
// is there: a mistyped path must not become an empty one.
func openExisting(ctx context.Context, env *environment, url string) (refreshingStore, error) {
	if err := mustExist(url); err != nil {
		return nil, err
	}
	return openStore(ctx, env, url)
}

func mustExist(url string) error {
	if path, ok := strings.CutPrefix(url, "gpkg:"); ok && path != "" {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return geo.Errorf(geo.KindNotFound, "there is no store %s", url).WithHint("puy ingest makes it")
		}
	}
	return nil
}

// tongue tells errors in the language of the environment.
func (env *environment) tongue() geo.Tongue { return locale.In(env.language()) }

// tell writes a line in the language of the environment.
func (env *environment) tell(w io.Writer, format string, args ...any) {
	fmt.Fprintln(w, geo.Say(format, args...).In(env.tongue()))
}

// language gives "fr" or "en" for the sentences of reports.
func (env *environment) language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env.getenv(name); v != "" {
			if strings.HasPrefix(v, "en") {
				return "en"
			}
			break
		}
	}
	return "fr"
}
