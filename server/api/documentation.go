package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"puy/server/answer"
	"puy/server/downloads"
	"puy/store"
)

// definition is what the page for people reads of the API definition, so that
// it tells the same as the definition does.
type definition struct {
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Parameters map[string]parameterDefinition `json:"parameters"`
		Responses  map[string]responseDefinition  `json:"responses"`
	} `json:"components"`
}

type operationDefinition struct {
	ID         string                        `json:"operationId"`
	Summary    string                        `json:"summary"`
	Servers    []struct{ URL string }        `json:"servers"`
	Parameters []parameterDefinition         `json:"parameters"`
	Responses  map[string]responseDefinition `json:"responses"`
}

type parameterDefinition struct {
	Ref         string           `json:"$ref"`
	Name        string           `json:"name"`
	In          string           `json:"in"`
	Required    bool             `json:"required"`
	Description string           `json:"description"`
	Schema      schemaDefinition `json:"schema"`
}

type schemaDefinition struct {
	Type    string `json:"type"`
	Format  string `json:"format"`
	Enum    []any  `json:"enum"`
	Default any    `json:"default"`
	Minimum any    `json:"minimum"`
	Maximum any    `json:"maximum"`
}

type responseDefinition struct {
	Ref         string         `json:"$ref"`
	Description string         `json:"description"`
	Content     map[string]any `json:"content"`
}

// explain gives the operations that are of no collection and those of
// collection, by path, from the bytes of the API definition.
func explain(body []byte, collection string, collections []store.Dataset) ([]answer.Operation, error) {
	var d definition
	if err := decode(body, &d); err != nil {
		return nil, fmt.Errorf("reading the API definition: %w", err)
	}
	var operations []answer.Operation
	for path, methods := range d.Paths {
		if of := collectionOf(path, collections); of != "" && of != collection {
			continue
		}
		for method, raw := range methods {
			if !slices.Contains([]string{"get", "post", "put", "patch", "delete"}, method) {
				continue
			}
			var o operationDefinition
			if err := decode(raw, &o); err != nil {
				return nil, fmt.Errorf("reading the API definition at %s: %w", path, err)
			}
			operations = append(operations, d.operation(strings.ToUpper(method), path, o))
		}
	}
	slices.SortFunc(operations, func(a, b answer.Operation) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), methodRank(a.Method)-methodRank(b.Method))
	})
	return operations, nil
}

func methodRank(method string) int {
	return slices.Index([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, method)
}

// collectionOf gives the id of the collection that a path of the definition is
// of, or "".
func collectionOf(path string, collections []store.Dataset) string {
	id, isCollection := strings.CutPrefix(path, "/collections/")
	file, isFile := strings.CutPrefix(path, downloads.Root+"/")
	switch {
	case isCollection:
		id, _, _ = strings.Cut(id, "/")
	case isFile:
		id, _, _ = strings.Cut(file, ".")
	}
	if slices.ContainsFunc(collections, func(d store.Dataset) bool { return d.ID == id }) {
		return id
	}
	return ""
}

// describeOperation gives one operation of the table as the definition has it.
func describeOperation(method, path string, operation object) (answer.Operation, error) {
	var d definition
	var o operationDefinition
	parts, err := json.Marshal(object{"components": components()})
	if err != nil {
		return answer.Operation{}, err
	}
	raw, err := json.Marshal(operation)
	if err != nil {
		return answer.Operation{}, err
	}
	if err := cmp.Or(decode(parts, &d), decode(raw, &o)); err != nil {
		return answer.Operation{}, err
	}
	return d.operation(method, path, o), nil
}

// operation gives o with what it refers to in its place.
func (d *definition) operation(method, path string, o operationDefinition) answer.Operation {
	operation := answer.Operation{ID: o.ID, Method: method, Path: path, Summary: o.Summary}
	if len(o.Servers) > 0 {
		operation.Server = o.Servers[0].URL
	}
	for _, p := range o.Parameters {
		if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
			p = d.Components.Parameters[name]
		}
		parameter := answer.Parameter{Name: p.Name, In: p.In, Required: p.Required, Description: p.Description, Type: p.Schema.Type,
			Format: p.Schema.Format, Default: text(p.Schema.Default), Least: text(p.Schema.Minimum), Most: text(p.Schema.Maximum)}
		for _, value := range p.Schema.Enum {
			parameter.Enum = append(parameter.Enum, text(value))
		}
		operation.Parameters = append(operation.Parameters, parameter)
	}
	for status, response := range o.Responses {
		if name, ok := strings.CutPrefix(response.Ref, "#/components/responses/"); ok {
			response = d.Components.Responses[name]
		}
		r := answer.Response{Status: status, Description: response.Description}
		for mediaType := range response.Content {
			r.MediaTypes = append(r.MediaTypes, mediaType)
		}
		slices.Sort(r.MediaTypes)
		operation.Responses = append(operation.Responses, r)
	}
	slices.SortFunc(operation.Responses, func(a, b answer.Response) int { return strings.Compare(a.Status, b.Status) })
	return operation
}

// text writes a value of a schema; nothing for none.
func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// decode reads JSON with its numbers as they are written.
func decode(body []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return d.Decode(v)
}
