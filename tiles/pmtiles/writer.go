package pmtiles

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"puy/geo"
)

// Writer makes an archive of tiles that come in ascending order of their ids.
//
// Tiles go into a work folder, from which Finish makes the archive. What is in
// it outlives the process: Create on the same folder with the same key goes on
// where it ended. A process that is killed loses at most the tiles of the last
// two seconds.
//
// A tile with the bytes of the tile before, or, up to 16 KiB, of one of the last
// half a million different tiles at least, is stored once. That bounds memory to
// about 100 MB however many tiles there are; tiles that return at all return
// often (seas, the inside of an area) and are therefore found.
//
// A Writer is for one goroutine.
type Writer struct {
	dir      string
	resumed  bool
	lock     *os.File
	data     *os.File
	buffered *bufio.Writer
	journal  *os.File
	pending  []byte // records that are not in the journal yet
	synced   time.Time
	unsynced uint64 // bytes of data since

	progress
	seen recent
	prev content
}

// progress is what the journal tells.
type progress struct {
	size     uint64 // of the tile data
	tiles    uint64
	contents uint64
	last     uint64 // id; when there are tiles
}

// content is the bytes of a tile: a hash, and where they lie.
type content struct {
	hash [16]byte
	at   entry
}

const (
	maxShared       = 16 << 10 // bytes of a tile that is looked for among earlier ones
	checkpointBytes = 64 << 20
	checkpointEvery = 2 * time.Second
	maxPending      = 64 << 10
)

// The files of a work folder.
const (
	keyFile     = "key"
	lockFile    = "lock"
	dataFile    = "tiles"
	journalFile = "journal"
	leavesFile  = "leaves"
)

// Create opens the work folder dir, making it if need be. What is there stays
// when it was made with the same key, and is removed when it was made with another.
// KindConflict tells that another process is writing in it, or that it has files that
// no Writer made.
func Create(dir, key string) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, cannotWrite(err)
	}
	w := &Writer{dir: dir, synced: time.Now()}
	if err := w.open(key); err != nil {
		return nil, errors.Join(err, w.closeFiles())
	}
	return w, nil
}

func (w *Writer) open(key string) (err error) {
	if w.lock, err = os.OpenFile(w.Path(lockFile), os.O_CREATE|os.O_RDWR, 0o644); err != nil {
		return cannotWrite(err)
	}
	if err := lock(w.lock); err != nil {
		return geo.Errorf(geo.KindConflict, "another process is writing this archive: %w", err)
	}
	before, err := os.ReadFile(w.Path(keyFile))
	if err != nil && !os.IsNotExist(err) {
		return cannotWrite(err)
	}
	if string(before) != key || err != nil {
		if err := w.clear(err == nil); err != nil {
			return err
		}
		if err := os.WriteFile(w.Path(keyFile), []byte(key), 0o644); err != nil {
			return cannotWrite(err)
		}
	}
	if w.data, err = os.OpenFile(w.Path(dataFile), os.O_CREATE|os.O_RDWR, 0o644); err != nil {
		return cannotWrite(err)
	}
	if w.journal, err = os.OpenFile(w.Path(journalFile), os.O_CREATE|os.O_RDWR, 0o644); err != nil {
		return cannotWrite(err)
	}
	if err := w.resume(); err != nil {
		return cannotWrite(err)
	}
	w.buffered = bufio.NewWriterSize(w.data, 1<<20)
	return nil
}

func cannotWrite(err error) error {
	return geo.Errorf(geo.KindInvalid, "a PMTiles archive cannot be written: %w", err)
}

// clear removes all but the lock, if the folder is ours.
func (w *Writer) clear(ours bool) error {
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return cannotWrite(err)
	}
	for _, e := range entries {
		if e.Name() == lockFile {
			continue
		}
		if !ours {
			return geo.Errorf(geo.KindConflict, "the folder %s, which should hold the work, has other files", w.dir)
		}
		if err := os.Remove(w.Path(e.Name())); err != nil {
			return cannotWrite(err)
		}
	}
	return nil
}

// Path gives the place of a file in the work folder, where a caller may keep
// what its tiles are made from.
func (w *Writer) Path(name string) string { return filepath.Join(w.dir, name) }

// Last gives the id of the tile that was added last, also by an earlier process.
func (w *Writer) Last() (id uint64, ok bool) { return w.last, w.tiles > 0 }

// Resumed tells whether the work folder had tiles already.
func (w *Writer) Resumed() bool { return w.resumed }

// Counts gives the number of tiles, of different tiles, and of their bytes.
func (w *Writer) Counts() (tiles, contents, bytes uint64) { return w.tiles, w.contents, w.size }

// Add adds tile id, greater than Last, as it shall be stored. Bytes must not be
// empty; more than 64 MB give KindLimit.
func (w *Writer) Add(id uint64, tile []byte) error {
	switch {
	case w.tiles > 0 && id <= w.last, id >= firstID(MaxZoom+1):
		return fmt.Errorf("tile %d comes after tile %d", id, w.last)
	case len(tile) == 0:
		return fmt.Errorf("tile %d is empty", id)
	case len(tile) > maxTile:
		return geo.Errorf(geo.KindLimit, "tile %d has %d bytes; at most %d are written", id, len(tile), maxTile)
	}
	sum := sha256.Sum256(tile)
	c := content{hash: [16]byte(sum[:]), at: entry{length: uint32(len(tile))}}
	at, known := w.find(c)
	if !known {
		at = entry{offset: w.size, length: c.at.length}
		if _, err := w.buffered.Write(tile); err != nil {
			return cannotWrite(err)
		}
		w.unsynced += uint64(len(tile))
	}
	at.id = id
	w.remember(content{c.hash, at}, known)
	w.pending = record{at, c.hash}.append(w.pending)
	if len(w.pending) >= maxPending || w.unsynced >= checkpointBytes || time.Since(w.synced) >= checkpointEvery {
		return w.Checkpoint()
	}
	return nil
}

// find tells where the bytes of c lie, if they are known.
func (w *Writer) find(c content) (entry, bool) {
	if w.tiles > 0 && w.prev.hash == c.hash {
		return w.prev.at, true
	}
	if c.at.length > maxShared {
		return entry{}, false
	}
	return w.seen.find(c.hash)
}

// remember counts a tile.
func (w *Writer) remember(c content, known bool) {
	if !known {
		w.contents++
		w.size += uint64(c.at.length)
		if c.at.length <= maxShared {
			w.seen.add(c)
		}
	}
	w.tiles++
	w.last, w.prev = c.at.id, c
}

// Checkpoint makes what was added last through a crash: the tiles first, and
// then the journal that names them.
func (w *Writer) Checkpoint() error {
	if len(w.pending) == 0 {
		return nil
	}
	if err := w.buffered.Flush(); err != nil {
		return cannotWrite(err)
	}
	if err := w.data.Sync(); err != nil {
		return cannotWrite(err)
	}
	if _, err := w.journal.Write(w.pending); err != nil {
		return cannotWrite(err)
	}
	w.pending, w.unsynced, w.synced = w.pending[:0], 0, time.Now()
	return nil
}

// Close keeps the work folder for another time. After Finish it does nothing.
func (w *Writer) Close() error {
	if w.data == nil {
		return nil
	}
	err := w.Checkpoint()
	return errors.Join(err, w.closeFiles())
}

func (w *Writer) closeFiles() error {
	var errs []error
	for _, f := range []**os.File{&w.data, &w.journal, &w.lock} {
		if *f != nil {
			errs = append(errs, (*f).Close())
			*f = nil
		}
	}
	return errors.Join(errs...)
}

// Discard removes the work folder and all that is in it.
func (w *Writer) Discard() error {
	return errors.Join(w.closeFiles(), os.RemoveAll(w.dir))
}
