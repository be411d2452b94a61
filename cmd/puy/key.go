package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"puy/geo"
	"puy/server/access"
	"puy/store"
)

const (
	addSynopsis = "[--name WHO] [--datasets A,B] [--expires DATE] [--read-only] [--note TEXT]"
	keySynopsis = "add " + addSynopsis + " | list | remove NAME"
)

// runKey makes, lists and removes the keys that let programs edit features.
func runKey(ctx context.Context, env *environment, args []string) error {
	if len(args) == 0 {
		return geo.Errorf(geo.KindUsage, "usage: puy key %s", keySynopsis)
	}
	switch args[0] {
	case "add":
		return addKey(ctx, env, args[1:])
	case "list":
		return listKeys(ctx, env, args[1:])
	case "remove":
		return removeKey(ctx, env, args[1:])
	case "-h", "--help":
		env.tell(env.stdout, "usage: puy key %s", keySynopsis)
		return nil
	}
	return geo.Errorf(geo.KindUsage, "there is no command %q of puy key", args[0]).WithHint("usage: puy key %s", keySynopsis)
}

func addKey(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "key add", addSynopsis)
	storeURL := fs.storeFlag()
	name := fs.String("name", "", "`who` uses the key, for lists and logs")
	datasets := fs.String("datasets", "", "the `ids` of the datasets that it is for, with commas; without, all")
	expires := fs.String("expires", "", "the last `day` of its use, as 2030-12-31, or how long, as 90d or 12h; without, for ever")
	readOnly := fs.Bool("read-only", false, "the key changes nothing; it only opens what is not public")
	note := fs.String("note", "", "a `text` for people, as what the key is for")
	if rest, err := fs.parse(args); err != nil {
		return err
	} else if len(rest) > 0 {
		return geo.Errorf(geo.KindUsage, "usage: puy key add %s", addSynopsis)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	ends, err := expiry(*expires, now)
	if err != nil {
		return err
	}
	st, err := openExisting(ctx, env, *storeURL)
	if err != nil {
		return err
	}
	defer st.Close()
	k := store.APIKey{Name: *name, Created: now, Expires: ends, Edit: !*readOnly, Note: *note}
	if k.Datasets, err = keyDatasets(ctx, env, st, *datasets, k.Edit); err != nil {
		return err
	}
	text := access.Generate()
	k.Hash, k.Last = access.Hash(text), access.Last(text)
	if k.Name == "" {
		k.Name = "key-" + k.Last
	}
	if err := st.PutAPIKey(ctx, k); err != nil {
		return err
	}
	// The key alone goes to the output, for scripts.
	fmt.Fprintln(env.stdout, text)
	env.tell(env.stderr, "This is the key %q. It is shown this once: the store keeps only its hash.", k.Name)
	return nil
}

// keyDatasets reads the ids in list, which must be datasets of the store; a
// former id gives the present one.
func keyDatasets(ctx context.Context, env *environment, st store.Store, list string, edit bool) ([]string, error) {
	var ids []string
	for id := range strings.SplitSeq(list, ",") {
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		d, err := st.Dataset(ctx, id)
		if err != nil {
			return nil, err
		}
		if edit && !d.Editable {
			env.tell(env.stderr, "warning: %s cannot be edited until its catalogue entry says editable: true", d.ID)
		}
		if !slices.Contains(ids, d.ID) {
			ids = append(ids, d.ID)
		}
	}
	if list != "" && len(ids) == 0 {
		return nil, geo.Errorf(geo.KindUsage, "--datasets names no dataset")
	}
	return ids, nil
}

// expiry gives when a key ends: at the end of a day in UTC, or after a time from now.
func expiry(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	ends, err := time.Parse(time.DateOnly, text)
	if err == nil {
		ends = ends.AddDate(0, 0, 1)
	} else {
		var days int
		if n, _ := fmt.Sscanf(text, "%dd", &days); n == 1 && fmt.Sprintf("%dd", days) == text && days <= 36500 {
			ends = now.AddDate(0, 0, days)
		} else if d, err := time.ParseDuration(text); err == nil {
			ends = now.Add(d)
		} else {
			return time.Time{}, geo.Errorf(geo.KindUsage, "--expires wants a day as 2030-12-31, or a time as 90d or 12h")
		}
	}
	if !ends.After(now) {
		return time.Time{}, geo.Errorf(geo.KindUsage, "--expires %s: the key would have ended already", text)
	}
	return ends.Truncate(time.Microsecond), nil
}

func listKeys(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "key list", "")
	storeURL := fs.storeFlag()
	if rest, err := fs.parse(args); err != nil {
		return err
	} else if len(rest) > 0 {
		return geo.Errorf(geo.KindUsage, "usage: puy key list [--store URL]")
	}
	st, err := openExisting(ctx, env, *storeURL)
	if err != nil {
		return err
	}
	defer st.Close()
	keys, err := st.APIKeys(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	env.tell(w, "NAME\tKEY\tRIGHT\tCREATED\tEXPIRES\tDATASETS\tNOTE")
	for _, k := range keys {
		ends, datasets, right := "never", "all", "read"
		if !k.Expires.IsZero() {
			ends = k.Expires.Format(time.DateTime)
			if k.Expired(time.Now()) {
				ends += " (ended)"
			}
		}
		if len(k.Datasets) > 0 {
			datasets = strings.Join(k.Datasets, ",")
		}
		if k.Edit {
			right = "edit"
		}
		note := strings.Join(strings.Fields(k.Note), " ")
		fmt.Fprintf(w, "%s\t…%s\t%s\t%s\t%s\t%s\t%s\n", k.Name, k.Last, right, k.Created.Format(time.DateTime), ends, datasets, note)
	}
	return w.Flush()
}

func removeKey(ctx context.Context, env *environment, args []string) error {
	fs := newFlags(env, "key remove", "NAME")
	storeURL := fs.storeFlag()
	rest, err := fs.parse(args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return geo.Errorf(geo.KindUsage, "usage: puy key remove NAME")
	}
	st, err := openExisting(ctx, env, *storeURL)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.RemoveAPIKey(ctx, rest[0]); err != nil {
		return err
	}
	env.tell(env.stdout, "the key %q opens nothing any more", rest[0])
	return nil
}
