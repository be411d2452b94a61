package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// results are what a suite found.
type results struct {
	passed, skipped int
	failures        []failure
}

type failure struct{ test, class, method, message string }

// report is the file testng-results.xml.
type report struct {
	Tests []struct {
		Name    string `xml:"name,attr"`
		Classes []struct {
			Name    string `xml:"name,attr"`
			Methods []struct {
				Name      string `xml:"name,attr"`
				Status    string `xml:"status,attr"`
				IsConfig  bool   `xml:"is-config,attr"`
				Exception struct {
					Message string `xml:"message"`
				} `xml:"exception"`
			} `xml:"test-method"`
		} `xml:"class"`
	} `xml:"suite>test"`
}

// readResults reads what TestNG reports. A step that prepares tests counts only
// where it fails: then tests were left out.
func readResults(r io.Reader) (*results, error) {
	var doc report
	if err := xml.NewDecoder(r).Decode(&doc); err != nil {
		return nil, err
	}
	var out results
	for _, t := range doc.Tests {
		for _, c := range t.Classes {
			for _, m := range c.Methods {
				switch {
				case m.Status == "FAIL":
					out.failures = append(out.failures, failure{t.Name, c.Name, m.Name, strings.TrimSpace(m.Exception.Message)})
				case m.IsConfig:
				case m.Status == "PASS":
					out.passed++
				case m.Status == "SKIP":
					out.skipped++
				default:
					return nil, fmt.Errorf("the test %s has the status %q", m.Name, m.Status)
				}
			}
		}
	}
	if out.passed+out.skipped+len(out.failures) == 0 {
		return nil, errors.New("there are no tests in it")
	}
	return &out, nil
}

func (r *results) print(w io.Writer) {
	for _, f := range r.failures {
		fmt.Fprintf(w, "FAIL %s: %s.%s: %s\n", f.test, f.class[strings.LastIndexByte(f.class, '.')+1:], f.method, f.message)
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", r.passed, len(r.failures), r.skipped)
}
