package decp

import (
	"bytes"
	"context"
	"strings"

	"puy/geo/format"
	"puy/geo/format/markup"
)

// Format is DECP in JSON and XML, which is read only.
func Format() format.Format {
	return format.Format{
		Name:       "decp",
		Title:      "DECP (JSON, XML)",
		MediaType:  "application/vnd.decp",
		Extensions: []string{".decp"},
		Detect:     func(_ string, head []byte) bool { return isXML(head) || isJSON(head) },
		Open: func(ctx context.Context, src *format.Source, opt format.Options) (format.Reader, error) {
			r, err := open(ctx, src, opt)
			if err != nil {
				return nil, err
			}
			return r, nil
		},
		Layers: layers,
	}
}

// isXML tells whether head is that of XML with contracts.
func isXML(head []byte) bool {
	root, rest := markup.Root(head)
	if root != "marches" {
		return false
	}
	rest = bytes.ReplaceAll(rest, []byte{0}, nil) // of UTF-16
	for _, name := range []string{"acheteur", "contrat-concession", "codeCPV"} {
		if bytes.Contains(rest, []byte("<"+name)) || bytes.Contains(rest, []byte(":"+name)) {
			return true
		}
	}
	return false
}

// isJSON tells whether head is that of JSON with contracts: by the names of its
// members, of which every file of contracts has several.
func isJSON(head []byte) bool {
	if len(head) > 1 && (head[0] >= 0xfe || head[0] == 0 || head[1] == 0) {
		head = bytes.TrimLeft(bytes.ReplaceAll(head, []byte{0}, nil), "\xfe\xff")
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return false
	}
	found, listed := map[string]bool{}, head[0] == '['
	each(head, func(depth int, key string) {
		switch key, _, _ = strings.Cut(key, "."); key {
		case "marches", "marche", "contrat-concession":
			listed = listed || depth <= 2
		case "acheteur", "autoriteConcedante", "titulaires", "concessionnaires", "codeCPV", "dateNotification", "formePrix", "dateSignature", "valeurGlobale":
			found[key] = true
		}
	})
	return listed && len(found) >= 2 && (found["acheteur"] || found["autoriteConcedante"] || found["titulaires"] || found["concessionnaires"])
}

// each calls do with each key in head and how many arrays and objects are around it.
func each(head []byte, do func(depth int, key string)) {
	depth := 0
	for i := 0; i < len(head); i++ {
		switch head[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			start := i + 1
			for i = start; i < len(head) && head[i] != '"'; i++ {
				if head[i] == '\\' {
					i++
				}
			}
			if i >= len(head) {
				return
			}
			if after := bytes.TrimLeft(head[i+1:min(len(head), i+20)], " \t\r\n"); len(after) > 0 && after[0] == ':' {
				do(depth, string(head[start:i]))
			}
		}
	}
}
