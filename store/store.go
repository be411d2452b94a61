package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"iter"
	"time"

	"puy/catalog"
	"puy/geo"
)

// Store keeps a catalogue and the versions of its datasets. All methods may be
// called from many goroutines. Errors are *geo.Error values: KindNotFound for a
// dataset, version or feature that does not exist, KindInvalid for a query that
// names unknown fields, KindConflict for a load that meets another,
// KindUnavailable where the database does not answer.
type Store interface {
	// Portal gives what PutPortal kept last, or the zero Portal.
	Portal(ctx context.Context) (catalog.Portal, error)
	PutPortal(ctx context.Context, p catalog.Portal) error

	// Datasets gives all datasets by id, those without a version included.
	Datasets(ctx context.Context) ([]Dataset, error)
	// Dataset gives one dataset by its id or one of its aliases.
	Dataset(ctx context.Context, id string) (Dataset, error)
	// PutDataset creates a dataset or replaces what its catalogue entry says;
	// versions stay. Where there is no dataset of this id, and one has an alias of
	// the entry as its id, that one is renamed, with its versions. Where the entry
	// says Removed all versions are dropped; it stays as a tombstone. KindInvalid
	// where catalog.CheckID refuses the id or an alias.
	PutDataset(ctx context.Context, d catalog.Dataset) error

	// Versions gives the kept versions of a dataset, the newest first.
	Versions(ctx context.Context, id string) ([]catalog.Version, error)
	// Report gives the report that Load.Commit was given, as JSON.
	Report(ctx context.Context, id string, version int64) (json.RawMessage, error)
	// Differences gives the features that a version added, removed or modified
	// when it was loaded, in the order of fids, of those above after. A version
	// without a catalog.Comparison gives none.
	Differences(ctx context.Context, id string, version, after int64) iter.Seq2[Difference, error]
	// AsOf gives the number of the version that was current at a time, whether it
	// is still kept or not; KindNotFound before the first.
	AsOf(ctx context.Context, id string, at time.Time) (int64, error)
	// Prune drops the versions that keep does not keep, never the current one,
	// and gives them, the newest first. Queries that read one are not disturbed.
	Prune(ctx context.Context, id string, keep catalog.Keep) ([]catalog.Version, error)
	// Rollback makes the newest kept version before the current one current,
	// and gives it. KindConflict where there is none.
	Rollback(ctx context.Context, id string) (catalog.Version, error)

	// Begin starts a load of a new version of a dataset that PutDataset made.
	// One load at a time: a second one of the same dataset gives KindConflict.
	// The caller ends it with Commit or Abort; a process that dies ends it as
	// Abort does.
	Begin(ctx context.Context, id string, spec LoadSpec) (Load, error)

	// Features streams the features that match q, in the order of q.Sort.
	// The yielded Feature is reused by the next step. The values are those of
	// q.Fields in that order, or of all fields in the schema's order. All
	// features come from one version, whatever happens meanwhile. Breaking out
	// of the loop or ending ctx ends the query.
	Features(ctx context.Context, id string, q Query) iter.Seq2[*geo.Feature, error]
	// Feature gives one feature of the current version by its ID.
	Feature(ctx context.Context, id, featureID string) (*geo.Feature, error)
	// Count counts the features that match q, whose order, After, Offset and
	// Limit are ignored. It counts no further than atMost (0: to the end): exact is false
	// where there are more.
	Count(ctx context.Context, id string, q Query, atMost int64) (n int64, exact bool, err error)

	// Edit changes features of the current version in place, all or none, and
	// gives their ids in the order of edits. KindNotFound for a feature that does
	// not exist, KindConflict where Expect does not hold or a new id is taken,
	// KindInvalid for values that the schema does not take. The error of one edit
	// is an *EditError.
	Edit(ctx context.Context, id string, edits []Edit) ([]string, error)
	// Changes gives which features of a kept version were changed in place after
	// its first `after` edits, in the order of the edits, whoever made them:
	// Edit, or another program that writes the version's table or the layer that
	// shows it. KindConflict where that is not known any more: then all of the
	// version may have changed.
	Changes(ctx context.Context, id string, version, after int64) iter.Seq2[Change, error]
	// Watch calls changed soon after whatever makes Revision grow, until ctx
	// ends. It mends a lost connection itself, and calls changed after that. It
	// may call it for nothing.
	Watch(ctx context.Context, changed func())

	// PutAPIKey keeps a new key. KindConflict where its name or hash is taken,
	// KindInvalid where APIKey.Check refuses it.
	PutAPIKey(ctx context.Context, k APIKey) error
	// APIKeys gives all keys by name, those that have expired too.
	APIKeys(ctx context.Context) ([]APIKey, error)
	// APIKey gives the key with this hash as it is now, whatever process has
	// changed it; KindNotFound where there is none. It may have expired.
	APIKey(ctx context.Context, hash [sha256.Size]byte) (APIKey, error)
	// RemoveAPIKey forgets the key with this name.
	RemoveAPIKey(ctx context.Context, name string) error

	// Revision gives a number that grows with every change of the catalogue, of
	// any dataset's current version, and of its features, by whatever process.
	// It is cheap.
	Revision(ctx context.Context) (int64, error)
	// Close waits for nothing: queries in flight end with an error.
	Close() error
}

// Dataset is a catalogue entry with its current version.
type Dataset struct {
	catalog.Dataset
	Current *catalog.Version // nil while nothing has been loaded
}

// LoadSpec describes the version that a Load builds.
type LoadSpec struct {
	Schema   geo.Schema
	Source   string // the file's name or URL
	Checksum string // SHA-256, hexadecimal
	// Keyed tells that Feature.ID identifies a feature across versions. Without
	// it the store sets the ID to the fid's decimal text, and computes no differences.
	Keyed bool
	// Time names the date or date-time field whose range the version records; may be empty.
	Time string
}

// Load is a version being built. It belongs to one goroutine.
type Load interface {
	// Write adds one feature. Its FID is the row's number in the source, unique
	// and growing; its geometry is in longitude, latitude; its values are in the
	// order of the schema. The store keeps nothing of f.
	Write(ctx context.Context, f *geo.Feature) error
	// Duplicates removes every row whose ID an earlier row has, and tells how
	// many those were and the first of them, at most atMost. It is called once,
	// after the last Write, on keyed loads.
	Duplicates(ctx context.Context, atMost int) (n int64, first []Duplicate, err error)
	// Commit gives fids (the one that the same key has had before, else a new
	// one), builds the indexes, compares with the version before, and makes this
	// version current, all in one step that happens whole or not at all. Versions
	// that the dataset's Keep does not keep are dropped.
	Commit(ctx context.Context, out Outcome) (catalog.Version, error)
	// Abort throws the load away. After Commit it does nothing.
	Abort() error
}

// Outcome is what only the end of a load tells.
type Outcome struct {
	Report   json.RawMessage
	Rejected int64 // rows with errors that were left out
}

// Duplicate is a row whose ID an earlier row has.
type Duplicate struct {
	ID    string
	Row   int64 // the FID that Write was given
	First int64 // the FID of the row that stays
}

// Difference is one feature that a version changed.
type Difference struct {
	Kind DifferenceKind
	FID  int64
	ID   string
}

// DifferenceKind is added, modified or removed.
type DifferenceKind string

// The kinds of difference between a version and the one before.
const (
	Added    DifferenceKind = "added"
	Modified DifferenceKind = "modified"
	Removed  DifferenceKind = "removed"
)
