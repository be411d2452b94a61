// Command stasmvt is what puy is measured against: a thin tile server over the
// database's own ST_AsMVT, gzipped, and a bare handler that always writes the
// same bytes. Both do no more than they must.
//
//	PUY_TEST_POSTGRES=… stasmvt -listen 127.0.0.1:8091 -table data.coastline
//	stasmvt -listen 127.0.0.1:8092 -bare 10000
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/gzip"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "stasmvt:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, getenv func(string) string) error {
	fs := flag.NewFlagSet("stasmvt", flag.ContinueOnError)
	listen := fs.String("listen", "127.0.0.1:8091", "the `address` to listen on")
	database := fs.String("database", getenv("PUY_TEST_POSTGRES"), "the database's `URL`")
	name := fs.String("table", "", "the `table` or view, with its schema, to cut tiles from")
	layer := fs.String("layer", "", "the layer's name; without it the table's")
	without := fs.String("without", "", "`columns` that are no attributes, with commas between")
	bare := fs.Int("bare", 0, "no database: answer everything with the same so many `bytes`")
	connections := fs.Int("connections", 8, "of the pool")
	if err := fs.Parse(args); err != nil {
		return err
	}
	handler := bareHandler(*bare)
	if *bare == 0 {
		config, err := pgxpool.ParseConfig(*database)
		if err != nil {
			return err
		}
		config.MaxConns = int32(*connections)
		// Each tile is planned for its own box, and not compiled: both favour the database.
		config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_custom_plan"
		config.ConnConfig.RuntimeParams["jit"] = "off"
		pool, err := pgxpool.NewWithConfig(ctx, config)
		if err != nil {
			return err
		}
		defer pool.Close()
		q, err := describe(ctx, pool, *name, *layer, *without)
		if err != nil {
			return err
		}
		handler = tileHandler(pool, q)
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	s := &http.Server{Handler: handler}
	stopped := context.AfterFunc(ctx, func() { s.Close() })
	defer stopped()
	fmt.Printf("stasmvt serves http://%s\n", l.Addr())
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// bareHandler writes bytes that no coding would make smaller.
func bareHandler(n int) http.Handler {
	body := make([]byte, n)
	_, _ = rand.Read(body) // never fails
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body) // the client may leave
	})
}

func tileHandler(db *pgxpool.Pool, q query) http.Handler {
	var writers [2]sync.Pool // *compressor, for small tiles and for large ones
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tiles/{z}/{x}/{y}", func(w http.ResponseWriter, r *http.Request) {
		z, errZ := strconv.Atoi(r.PathValue("z"))
		x, errX := strconv.Atoi(r.PathValue("x"))
		y, errY := strconv.Atoi(r.PathValue("y"))
		if err := errors.Join(errZ, errX, errY); err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		var raw []byte
		if err := db.QueryRow(r.Context(), q.sql, z, x, y).Scan(&raw); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if len(raw) == 0 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		pool, level := &writers[0], gzipLevel
		if len(raw) > largeTile {
			pool, level = &writers[1], gzipLargeLevel
		}
		c, ok := pool.Get().(*compressor)
		if !ok {
			c = &compressor{}
			c.z, _ = gzip.NewWriterLevel(nil, level) // one of gzip's
		}
		defer pool.Put(c)
		c.buf.Reset()
		c.z.Reset(&c.buf)
		_, _ = c.z.Write(raw) // into memory
		_ = c.z.Close()
		h := w.Header()
		h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(c.buf.Len()))
		_, _ = w.Write(c.buf.Bytes()) // the client may leave
	})
	return mux
}

// Compression is as quick as puy's.
const (
	gzipLevel      = 5
	gzipLargeLevel = 2
	largeTile      = 32 << 10
)

type compressor struct {
	buf bytes.Buffer
	z   *gzip.Writer
}
