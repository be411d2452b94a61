package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"puy/geo"
)

const (
	headerPatience = 10 * time.Second
	readPatience   = 30 * time.Second
	// writePatience holds for one whole answer; those that stream give
	// themselves more with every piece.
	writePatience = 60 * time.Second
	idlePatience  = 2 * time.Minute
	headerBytes   = 32 << 10
	// drainPatience is how long answers in flight may take once the server stops.
	drainPatience = 10 * time.Second
)

// Serve answers on l until ctx ends. Then it takes no new requests, lets those
// in flight end for drainPatience, and gives nil; l is closed.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	h := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerPatience,
		ReadTimeout:       readPatience,
		WriteTimeout:      writePatience,
		IdleTimeout:       idlePatience,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(l) }()
	select {
	case err := <-failed:
		return geo.Errorf(geo.KindInternal, "the server on %s failed: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	s.log.Info("stopping; answers in flight may end", "within", drainPatience)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainPatience)
	defer cancel()
	if err := h.Shutdown(drain); err != nil {
		s.log.Warn("answers were cut off", "error", err)
		err = h.Close()
		<-failed
		return err
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return geo.Errorf(geo.KindInternal, "the server on %s failed: %w", l.Addr(), err)
	}
	return nil
}
