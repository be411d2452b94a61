package server

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"puy/server/access"
	"puy/server/answer"
	"puy/server/api"
	"puy/server/assets"
	"puy/server/downloads"
	"puy/server/live"
	"puy/server/transfer"
	"puy/store"
	"puy/tiles"
	"puy/tiles/archive"
	"puy/tiles/tms"
)

// Config says what a Server serves. Only Store is needed.
type Config struct {
	Store store.Store
	// Catalogue is that of Store; nil: the server follows it by itself.
	Catalogue *live.Catalogue
	Tiles     *tiles.Service // nil: no tiles
	// Private lets archives of tiles be at addresses of private networks.
	Private bool
	// TileSets are the tile matrix sets that tiles are served of, beside
	// WebMercatorQuad; nil: those that are built in (see tms.Known).
	TileSets []*tms.Set
	// PublicURL is where clients reach the server, without a trailing slash.
	// Empty is what portal.yaml says, or else the address that each client asked.
	PublicURL string
	Log       *slog.Logger // nil: slog.Default
	// Pages makes the portal's pages; nil: none.
	Pages func(view func() *live.View, s store.Store) (Pages, error)
	// AtOnce bounds how many requests for features, and as many for tiles, are
	// worked on at once; 0 for a figure that suits the machine.
	AtOnce int
	// Patience is how long one more waits for its turn; 0 for five seconds.
	Patience time.Duration
	// DownloadsAtOnce bounds how many files are made at once, each of which reads
	// a whole dataset; 0 for a figure that suits the machine.
	DownloadsAtOnce int
	// Temp is the folder for what files are made of; empty is the system's.
	Temp string
	// PageBytes is the size at which a page of features ends before its limit;
	// 0 for 32 MB.
	PageBytes int
	// CountPatience is how long it may take to count what a filter selects; 0 for
	// 300 ms.
	CountPatience time.Duration
}

// Pages are the doors for people.
type Pages interface {
	// Mount adds the pages to the root of r.
	Mount(r chi.Router)
	// ErrorPage gives what writes problems for browsers, of every door.
	ErrorPage() answer.ErrorPage
	// ResourcePage gives what writes the API's documents for people.
	ResourcePage() answer.ResourcePage
}

// Server answers every request of a portal. It is an http.Handler.
type Server struct {
	http.Handler
	catalogue *live.Catalogue
	close     func()           // of what New has begun
	archives  *archive.Service // nil without tiles
	store     store.Store
	log       *slog.Logger
}

// New reads the catalogue of the store and makes the router. The caller ends
// the server with Close; ctx bounds its whole life.
func New(ctx context.Context, c Config) (*Server, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.AtOnce <= 0 {
		c.AtOnce = max(32, 8*runtime.GOMAXPROCS(0))
	}
	if c.Patience <= 0 {
		c.Patience = 5 * time.Second
	}
	if c.DownloadsAtOnce <= 0 {
		c.DownloadsAtOnce = max(4, runtime.GOMAXPROCS(0))
	}
	if c.TileSets == nil {
		sets, err := tms.Known()
		if err != nil {
			return nil, err
		}
		c.TileSets = sets
	}
	s := &Server{catalogue: c.Catalogue, store: c.Store, log: c.Log, close: func() {}}
	if s.catalogue == nil {
		catalogue, err := live.New(ctx, c.Store, c.Log)
		if err != nil {
			return nil, err
		}
		s.catalogue, s.close = catalogue, catalogue.Close
	}
	if c.Tiles != nil {
		var err error
		if s.archives, err = archive.NewService(archive.Options{Recode: c.Tiles.In, Private: c.Private, Log: c.Log}); err != nil {
			s.close()
			return nil, err
		}
	}
	shared := s.share(c)
	public, err := s.router(c, shared, s.catalogue.View)
	if err != nil {
		s.Close()
		return nil, err
	}
	s.Handler = &internal{public: public, gate: shared.gate, view: s.catalogue.View, made: map[string]*scope{},
		router: func(view func() *live.View) (http.Handler, error) { return s.router(c, shared, view) }}
	return s, nil
}

// shared is what all routers of a server have in common: whom they know, and how
// much they do at once.
type shared struct {
	gate             *access.Gate
	heavy, downloads func(http.Handler) http.Handler
	tiles            func(http.Handler) http.Handler
	desk             *transfer.Desk
}

func (s *Server) share(c Config) shared {
	return shared{gate: access.NewGate(c.Store), heavy: answer.Busy(c.AtOnce, c.Patience), tiles: answer.Busy(c.AtOnce, c.Patience),
		downloads: answer.Busy(c.DownloadsAtOnce, c.Patience), desk: transfer.NewDesk(transfer.Options{Dir: c.Temp, Log: c.Log})}
}

// Catalogue gives what the server knows of the catalogue.
func (s *Server) Catalogue() *live.Catalogue { return s.catalogue }

// Close stops following the catalogue, unless it was given, and closes tile
// archives. The store and the tiles stay open.
func (s *Server) Close() {
	s.close()
	if s.archives != nil {
		s.archives.Close()
	}
}

// router makes every door, over what view lets be seen.
func (s *Server) router(c Config, common shared, view func() *live.View) (http.Handler, error) {
	var pages Pages
	if c.Pages != nil {
		var err error
		if pages, err = c.Pages(view, c.Store); err != nil {
			return nil, err
		}
	}
	frame := answer.Frame{Base: s.base(c.PublicURL), Release: release(), Log: c.Log, Coded: assets.Coded}
	doors := api.Options{Pages: pages != nil, PageBytes: c.PageBytes, CountPatience: c.CountPatience, Heavy: common.heavy,
		Editing: &api.Editing{Gate: common.gate, Edit: c.Store.Edit, Refresh: s.catalogue.Refresh}}
	if pages != nil {
		frame.Page, doors.Page = pages.ErrorPage(), pages.ResourcePage()
	}
	doors.Desk = common.desk
	var tiles *assets.Assets
	if c.Tiles != nil {
		tiles = assets.New(view, c.Tiles, assets.Options{Heavy: common.tiles, Sets: c.TileSets, Archives: s.archives, Log: c.Log})
		doors.Tiles = tiles
	}
	features := api.New(view, c.Store, doors)
	mux := chi.NewRouter()
	mux.Use(frame.Wrap, limitRequest, trimSlash, answerOptions(mux, features.Offers))
	mux.NotFound(func(w http.ResponseWriter, r *http.Request) {
		answer.Fail(w, r, answer.Refusal(http.StatusNotFound, "nothing"))
	})
	mux.MethodNotAllowed(methodNotAllowed(mux, features.Offers))
	s.mountHealth(mux)
	if tiles != nil {
		tiles.Mount(mux)
	}
	features.Mount(mux)
	downloads.New(view, c.Store, common.desk, downloads.Options{Heavy: common.downloads, Log: c.Log}).Mount(mux)
	if pages != nil {
		pages.Mount(mux)
	}
	return mux, nil
}

// base gives the public URL: what the configuration says, else the portal,
// else the address that the client asked.
func (s *Server) base(configured string) func(r *http.Request) string {
	configured = strings.TrimRight(configured, "/")
	return func(r *http.Request) string {
		if configured != "" {
			return configured
		}
		if url := s.catalogue.View().Portal.PublicURL; url != "" {
			return strings.TrimRight(url, "/")
		}
		return answer.AddressAsked(r)
	}
}

// release tells this build from others, for ETags.
func release() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	text := info.Main.Version
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" || setting.Key == "vcs.time" {
			text += " " + setting.Value
		}
	}
	return text
}
