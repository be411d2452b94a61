package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"time"

	"puy/geo"
	"puy/server"
	"puy/server/live"
	"puy/server/portal"
	"puy/store"
	"puy/tiles"
	"puy/tiles/mlt"
)

func runServe(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "serve", "")
	storeURL := fs.storeFlag()
	listen := fs.String("listen", "127.0.0.1:8080", "the `address` to listen on")
	public := fs.String("public-url", env.getenv("PUY_PUBLIC_URL"), "the `URL` under which clients reach the server; overrules portal.yaml (also PUY_PUBLIC_URL)")
	cache := fs.String("cache", cacheFolder(env), "the `folder` for what can be built anew (also PUY_CACHE)")
	tileCache := fs.Int64("tile-cache", 256<<20, "the `bytes` of tiles that are kept in memory; 0 keeps none")
	patience := fs.Duration("query-timeout", 25*time.Second, "how `long` the database may take over one query; 0 is without bound")
	logFormat := fs.String("log", "text", "the `form` of log lines: text or json")
	refreshes := fs.refreshFlags()
	level := slog.LevelInfo
	fs.TextVar(&level, "log-level", slog.LevelInfo, "the least `level` to log: debug, info, warn, error")
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return geo.Errorf(geo.KindUsage, "usage: puy serve --store URL --listen ADDR")
	}
	if *patience < 0 {
		return geo.Errorf(geo.KindUsage, "--query-timeout wants a duration such as 25s")
	}
	if *tileCache < 0 {
		return geo.Errorf(geo.KindUsage, "--tile-cache wants a number of bytes")
	}
	if *tileCache == 0 {
		*tileCache = -1 // none, as tiles.Options has it
	}
	log, err := newLog(env.stderr, *logFormat, level)
	if err != nil {
		return err
	}
	// Listening comes first, so that a taken address is told before anything is built.
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return geo.Errorf(geo.KindUnavailable, "cannot listen on %s: %w", *listen, err)
	}
	defer l.Close()
	if err := mustExist(*storeURL); err != nil {
		return err
	}
	st, err := openBounded(ctx, *storeURL, *patience, tellSlow(log))
	if err != nil {
		return err
	}
	defer st.Close()
	catalogue, err := live.New(ctx, st, log)
	if err != nil {
		return err
	}
	defer catalogue.Close()
	service, err := tiles.NewService(tiles.Options{Dir: *cache, CacheBytes: *tileCache, Log: log, Source: server.TileSource(st, catalogue.View), MLT: mlt.Append})
	if err != nil {
		return err
	}
	defer service.Close()
	s, err := server.New(ctx, server.Config{Store: st, Catalogue: catalogue, Tiles: service, Private: refreshes.private, PublicURL: *public, Log: log, Pages: pages(st), Temp: filepath.Join(*cache, "downloads")})
	if err != nil {
		return err
	}
	defer s.Close()
	wait, err := refreshes.run(ctx, env, st, filepath.Join(*cache, "sources"), log)
	if err != nil {
		return err
	}
	defer wait()
	env.tell(env.stdout, "puy serves http://%s", reachable(l.Addr()))
	return s.Serve(ctx, l)
}

// tellSlow logs queries that were ended, with their plans.
func tellSlow(log *slog.Logger) func(store.SlowQuery) {
	return func(q store.SlowQuery) {
		log.Warn("slow query ended", "dataset", q.Dataset, "allowed", q.Allowed, "sql", q.SQL, "plan", q.Plan)
	}
}

// pages gives what makes the portal of a server.
func pages(refreshes portal.Refreshes) func(func() *live.View, store.Store) (server.Pages, error) {
	return func(view func() *live.View, st store.Store) (server.Pages, error) {
		return portal.New(view, st, refreshes)
	}
}

func cacheFolder(env *environment) string {
	if dir := env.getenv("PUY_CACHE"); dir != "" {
		return dir
	}
	return "data/cache"
}

func newLog(w io.Writer, form string, level slog.Level) (*slog.Logger, error) {
	opt := &slog.HandlerOptions{Level: level}
	switch form {
	case "text":
		return slog.New(slog.NewTextHandler(w, opt)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, opt)), nil
	}
	return nil, geo.Errorf(geo.KindUsage, "--log wants text or json")
}

// reachable gives an address that can be typed into a browser on this machine.
func reachable(addr net.Addr) string {
	text := addr.String()
	for _, any := range []string{"0.0.0.0:", "[::]:"} {
		if port, ok := strings.CutPrefix(text, any); ok {
			return "127.0.0.1:" + port
		}
	}
	return text
}
