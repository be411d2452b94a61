package postgis

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// tableCache keeps the tables of versions, of which only shapeless changes.
type tableCache struct {
	mu     sync.Mutex
	tables map[tableKey]*table

	// named are those of them that were asked for by id and number since the
	// revision that the catalogue was last seen at: a version that is named need
	// not be looked up for each page. A process that does not ask for the revision
	// learns of no renaming, and has none.
	named    map[versionName]*table
	revision int64 // 0 where nobody has asked
	turns    int   // how often named was emptied
}

// versionName is how readers name a version that is not just the current one.
type versionName struct {
	dataset string
	version int64
}

// find gives the table of a version since the last change of the catalogue, nil
// where it is not known, and what name must be given to keep it.
func (c *tableCache) find(n versionName) (t *table, turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.named[n], c.turns
}

// name keeps a table that was looked up in the turn that find gave.
func (c *tableCache) name(n versionName, t *table, turn int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.revision == 0 || turn != c.turns || n.version == 0 {
		return
	}
	if c.named == nil || len(c.named) >= maxCachedTables {
		c.named = make(map[versionName]*table)
	}
	c.named[n] = t
}

// follow tells that the catalogue is at a revision.
func (c *tableCache) follow(revision int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if revision != c.revision {
		c.revision, c.named = revision, nil
		c.turns++
	}
}

// forget tells that this process has changed the catalogue.
func (c *tableCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.named = nil
	c.turns++
}

type tableKey struct {
	dataset int32
	version int64
}

// maxCachedTables bounds the cache: it is emptied when it is full.
const maxCachedTables = 1000

func (c *tableCache) get(k tableKey) *table {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tables[k]
}

func (c *tableCache) put(k tableKey, t *table) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tables == nil || len(c.tables) >= maxCachedTables {
		c.tables = make(map[tableKey]*table)
	}
	c.tables[k] = t
}

// resolve finds the table of a version of a dataset; version 0 is the current one.
func (s *Store) resolve(ctx context.Context, conn *pgxpool.Conn, id string, version int64) (*table, error) {
	if !storable(id) {
		return nil, noDataset(id)
	}
	var k tableKey
	var number *int64
	var shapeless *bool
	err := conn.QueryRow(ctx, `SELECT d.number, v.number, v.shapeless > 0 FROM puy.datasets d
		LEFT JOIN puy.versions v ON v.dataset = d.number AND v.number = CASE $2::bigint WHEN 0 THEN d.current ELSE $2 END
		WHERE d.id = $1`, id, version).Scan(&k.dataset, &number, &shapeless)
	if err == pgx.ErrNoRows {
		return nil, noDataset(id)
	}
	if err != nil {
		return nil, err
	}
	if number == nil {
		return nil, noVersion(id, version)
	}
	k.version = *number
	if t := s.tables.get(k); t != nil {
		if *shapeless != t.shapeless { // an edit made it so
			c := *t
			c.shapeless = *shapeless
			t = &c
			s.tables.put(k, t)
		}
		return t, nil
	}
	t, err := readTable(ctx, conn, k.dataset, k.version)
	if err == pgx.ErrNoRows { // dropped since
		return nil, noVersion(id, version)
	}
	if err == nil {
		s.tables.put(k, t)
	}
	return t, err
}
