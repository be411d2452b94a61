package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"puy/catalog"
	"puy/geo"
	"puy/geo/format"
	"puy/ingest"
	"puy/ingest/reportpage"
	"puy/ingest/source"
)

// reportFiles writes the reports of loads, and a corrected source, where flags ask
// for them.
type reportFiles struct {
	path, corrected string
	outcomes        []reportpage.Outcome
	env             *environment
}

// reportFlags adds --report and --corrected.
func (fs *flagSet) reportFlags() *reportFiles {
	r := &reportFiles{env: fs.env}
	fs.StringVar(&r.path, "report", "", "write the report to a `file`: .json, .html in French, .en.html in English")
	fs.StringVar(&r.corrected, "corrected", "", "write what the source should have been to a `file` of its format, where that is certain")
	return r
}

func (r *reportFiles) add(report *ingest.Report, err error) {
	if r.path != "" && report != nil {
		r.outcomes = append(r.outcomes, reportpage.Outcome{Report: report, Err: err})
	}
}

// write writes the reports and gives err, to which a failure of its own is joined.
func (r *reportFiles) write(err error) error {
	if r.path == "" {
		return err
	}
	return joined(err, createFile(r.path, func(w io.Writer) error {
		switch strings.ToLower(filepath.Ext(r.path)) {
		case ".json":
			out := json.NewEncoder(w)
			out.SetIndent("", " ")
			if len(r.outcomes) == 1 {
				return out.Encode(r.outcomes[0].Report)
			}
			reports := make([]*ingest.Report, 0, len(r.outcomes))
			for _, o := range r.outcomes {
				reports = append(reports, o.Report)
			}
			return out.Encode(reports)
		case ".html", ".htm":
			lang := "fr"
			if strings.HasSuffix(strings.TrimSuffix(strings.ToLower(r.path), filepath.Ext(r.path)), ".en") {
				lang = "en"
			}
			return reportpage.Write(w, lang, r.outcomes)
		}
		return geo.Errorf(geo.KindUsage, "a report is written as .json or .html, not as %s", filepath.Base(r.path))
	}))
}

// correct writes the corrected source and gives err, as write does.
func (r *reportFiles) correct(ctx context.Context, d catalog.Dataset, src *format.Source, report *ingest.Report, err error) error {
	if r.corrected == "" || report == nil || report.Format == "" {
		return err
	}
	if wrong := ingest.CheckCorrectedName(report, r.corrected); wrong != nil {
		return joined(err, wrong)
	}
	return joined(err, createFile(r.corrected, func(w io.Writer) error {
		c, err := ingest.Correct(ctx, d, src, report, source.Options{}, w)
		if err == nil {
			fmt.Fprintln(r.env.stderr, corrections(r.corrected, c).In(r.env.tongue()))
		}
		return err
	}))
}

// corrections says what a corrected file changes.
func corrections(name string, c ingest.Correction) geo.Sentence {
	if c.Left > 0 {
		return geo.Say("%s: %d cells corrected, %d columns renamed, %d rows; %d rows that cannot be read are not in it", name, c.Cells, c.Columns, c.Rows, c.Left)
	}
	return geo.Say("%s: %d cells corrected, %d columns renamed, %d rows", name, c.Cells, c.Columns, c.Rows)
}

// joined gives the error that came first, with a further one.
func joined(err, more error) error {
	switch {
	case more == nil:
		return err
	case err == nil:
		return more
	}
	return geo.Errorf(geo.KindOf(err), "%w", errors.Join(err, more))
}

// createFile writes a file that is there whole or not at all.
func createFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".puy-report-*")
	if err != nil {
		return geo.Errorf(geo.KindInvalid, "cannot write %s: %w", path, err)
	}
	defer os.Remove(f.Name())
	out := bufio.NewWriter(f)
	err = write(out)
	if flushErr := out.Flush(); err == nil {
		err = flushErr
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil && geo.KindOf(err) == geo.KindInternal {
		return geo.Errorf(geo.KindInvalid, "cannot write %s: %w", path, err)
	}
	return err
}
