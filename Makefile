# make run: build, load the demonstration, serve it on http://127.0.0.1:8080
# make test: every test, with a real PostGIS and a real browser
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

STORE  ?= gpkg:./data/puy.gpkg
LISTEN ?= 127.0.0.1:8080
GOTEST ?= go test -timeout 20m

.PHONY: build web run test clients race lint fuzz conformance bench bench-data bench-tiles bench-items bench-downloads clean prerequisites

build: web
	CGO_ENABLED=0 go build -trimpath -ldflags=-s -o bin/puy ./cmd/puy

# The stamps keep a second build from asking npm for anything.
web: web/dist/manifest.json

web/node_modules/.stamp: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --loglevel=error
	touch $@

WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*')

web/dist/manifest.json: web/node_modules/.stamp $(WEB_SOURCES)
	cd web && npm run --silent build
	touch $@

run: build
	bin/puy ingest --catalog demo/catalog --store $(STORE)
	exec bin/puy serve --store $(STORE) --listen $(LISTEN)

prerequisites:
	scripts/prerequisites

# One PostgreSQL serves all packages; each test has a database of its own in it.
test: prerequisites build
	go run ./internal/pgtest/run -- $(GOTEST) ./...

# With QGIS, which is installed for it: more than a gigabyte.
clients: build
	scripts/prerequisites qgis
	go run ./internal/pgtest/run -- env CI=true $(GOTEST) -tags qgis ./e2e/clients

race: prerequisites build
	go run ./internal/pgtest/run -- $(GOTEST) -race ./ingest/... ./tiles/... ./server/... ./cmd/...

lint: web
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "gofmt: $$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	go test ./internal/archtest
	cd web && npm run --silent check

# Each fuzz target for a short while: make fuzz FUZZTIME=60s
FUZZTIME ?= 10s
fuzz:
	@for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
	  done; \
	done

# OGC's own test suites for Features and Tiles, with Java 17, from jars that you have built:
# make conformance ETS_FEATURES_JAR=/path/to/…-aio.jar ETS_TILES_JAR=/path/to/…-aio.jar
conformance: build
	ETS_FEATURES_JAR='$(ETS_FEATURES_JAR)' ETS_TILES_JAR='$(ETS_TILES_JAR)' e2e/conformance/run

bench: prerequisites build
	go run ./internal/pgtest/run -- bench/run

# The data of the tile benchmarks, once, about 3 GB: make bench-data BENCH_COMMUNES=/path/to/communes.fgb
bench-data:
	scripts/bench-data

# Parts alone, or for longer: make bench-tiles BENCH_TILES='-parts uncached,cached -time 30s'
bench-tiles: prerequisites build bench-data
	go run ./internal/pgtest/run -- go run ./bench/tilesuite $(BENCH_TILES)

# Pages of features on both stores: make bench-items BENCH_ITEMS='-stores gpkg -plain=false'
bench-items: prerequisites build
	go run ./internal/pgtest/run -- go run ./bench/items $(BENCH_ITEMS)

# Files of a million features: make bench-downloads BENCH_DOWNLOADS='-stores gpkg -formats gpkg,fgb'
bench-downloads: prerequisites build bench-data
	go run ./internal/pgtest/run -- go run ./bench/downloads $(BENCH_DOWNLOADS)

clean:
	rm -rf bin web/dist/* web/node_modules
