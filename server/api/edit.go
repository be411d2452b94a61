package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"puy/geo"
	"puy/server/access"
	"puy/server/answer"
	"puy/server/edit"
	"puy/server/selection"
	"puy/store"
)

// Editing is what the API needs to change features (OGC 20-002r1).
type Editing struct {
	Gate *access.Gate
	// Edit is that of store.Store.
	Edit func(ctx context.Context, id string, edits []store.Edit) ([]string, error)
	// Refresh brings the catalogue up to date, before and after an edit: whoever
	// edits must be checked against the schema as it is, and see the result at once.
	Refresh func(ctx context.Context) error
}

// maxAttempts is how often a patch is applied again to a feature that others
// change meanwhile.
const maxAttempts = 4

// edits are the operations that change features, of datasets that may be edited.
func (a *API) edits() []operation {
	if a.opt.Editing == nil {
		return nil
	}
	const items, item = "/collections/{collection}/items", "/collections/{collection}/items/{item}"
	return []operation{
		{method: http.MethodPost, path: items, id: "createItem", summary: "Create a feature", handler: a.editing(a.create)},
		{method: http.MethodPut, path: item, id: "replaceItem", summary: "Replace a feature", handler: a.editing(a.replace)},
		{method: http.MethodPatch, path: item, id: "updateItem", summary: "Change parts of a feature", handler: a.editing(a.update)},
		{method: http.MethodDelete, path: item, id: "deleteItem", summary: "Delete a feature", handler: a.editing(a.remove)},
	}
}

// Offers tells whether the path that the router has matched has a method: those
// that change features are there only for datasets that may be edited.
func (a *API) Offers(route *chi.Context, method string) bool {
	collection := route.URLParam("collection")
	if collection == "" || method == http.MethodGet || method == http.MethodHead {
		return true
	}
	d, ok := a.view().Lookup(collection)
	return ok && d.Current != nil && d.Editable
}

// editing lets only requests through that may change features of the dataset.
func (a *API) editing(h func(w http.ResponseWriter, r *http.Request, d store.Dataset) error) answer.Handler {
	return a.ofCollection(func(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
		if !d.Editable {
			w.Header().Set("Allow", "GET, HEAD, OPTIONS")
			return answer.Refusal(http.StatusMethodNotAllowed, "read-only", "name", d.ID)
		}
		k, err := a.opt.Editing.Gate.PermitEdit(w, r, d.ID)
		if err != nil {
			return err
		}
		answer.NoteKey(r, k.Name)
		if err := answer.ReadParams(w, r).Done(); err != nil {
			return err
		}
		a.refresh(r)
		now, ok := a.view().Lookup(d.ID)
		if !ok || now.Current == nil || !now.Editable {
			return geo.Errorf(geo.KindConflict, "the dataset %q has just been changed", d.ID)
		}
		w.Header().Set("Cache-Control", "no-store")
		return h(w, r, now)
	})
}

// refresh does what it can: a store that does not answer is told by what asks it next.
func (a *API) refresh(r *http.Request) {
	if err := a.opt.Editing.Refresh(r.Context()); err != nil {
		answer.NoteFailure(r, err)
	}
}

// change makes edits.
func (a *API) change(r *http.Request, d store.Dataset, edits ...store.Edit) ([]string, error) {
	ids, err := a.opt.Editing.Edit(r.Context(), d.ID, edits)
	if err == nil {
		a.refresh(r)
	}
	return ids, err
}

// create makes one feature, or all of a FeatureCollection.
func (a *API) create(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	body, err := edit.Read(w, r, &d, edit.FeatureTypes())
	if err != nil {
		return err
	}
	features, collection, err := body.Features()
	if err != nil {
		return err
	}
	edits := make([]store.Edit, len(features))
	for i, f := range features {
		edits[i] = store.Edit{Kind: store.Create, Feature: f}
	}
	ids, err := a.change(r, d, edits...)
	if failed, ok := errors.AsType[*store.EditError](err); ok && collection {
		return edit.InCollection(failed)
	}
	if err != nil {
		return err
	}
	if !collection {
		w.Header().Set("Location", answer.URL(r, Root+"/collections", d.ID, "items", ids[0]))
		return a.sendEdited(w, r, d, ids[0], http.StatusCreated, body.CRS)
	}
	type made struct {
		ID   string `json:"id"`
		Href string `json:"href"`
	}
	list := make([]made, len(ids))
	for i, id := range ids {
		list[i] = made{id, answer.URL(r, Root+"/collections", d.ID, "items", id)}
	}
	b, err := marshal(map[string][]made{"created": list})
	if err != nil {
		return err
	}
	answer.Send(w, http.StatusCreated, typeJSON, append(b, '\n'))
	return nil
}

func (a *API) replace(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	now, err := a.edited(r, d)
	if err != nil {
		return err
	}
	body, err := edit.Read(w, r, &d, edit.FeatureTypes())
	if err != nil {
		return err
	}
	f, err := body.Replacement(now)
	if err != nil {
		return err
	}
	if err := a.put(r, d, f, now, edit.Conditional(r)); err != nil {
		return err
	}
	return a.sendEdited(w, r, d, f.ID, http.StatusOK, body.CRS)
}

// update applies a merge patch. Where others change the feature meanwhile, and
// the client has not excluded that, the patch is applied to what they made.
func (a *API) update(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	now, err := a.edited(r, d)
	if err != nil {
		return err
	}
	body, err := edit.Read(w, r, &d, []string{edit.TypePatch})
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		f, err := body.Patched(now)
		if err != nil {
			return err
		}
		err = a.put(r, d, f, now, true)
		if err == nil {
			return a.sendEdited(w, r, d, f.ID, http.StatusOK, body.CRS)
		}
		p, late := errors.AsType[*answer.Problem](err)
		if !late || p.Status != http.StatusPreconditionFailed || edit.Conditional(r) {
			return err
		}
		if attempt == maxAttempts {
			return answer.Refusal(http.StatusConflict, "contested")
		}
		if now, err = a.edited(r, d); err != nil {
			return err
		}
	}
}

func (a *API) remove(w http.ResponseWriter, r *http.Request, d store.Dataset) error {
	now, err := a.edited(r, d)
	if err != nil {
		return err
	}
	e := store.Edit{Kind: store.Delete, Feature: geo.Feature{ID: now.ID}}
	if edit.Conditional(r) {
		e.Expect = now
	}
	if _, err := a.change(r, d, e); err != nil {
		return late(err, e.Expect != nil)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// edited gives the feature that the path names as it is now, which must be what
// the request's conditions say.
func (a *API) edited(r *http.Request, d store.Dataset) (*geo.Feature, error) {
	id, err := answer.PathText(r, "item")
	if err != nil {
		return nil, err
	}
	f, err := a.feature(r, &d, id)
	if err != nil {
		return nil, err
	}
	return f, edit.CheckConditions(r, edit.State(&d, f))
}

// put replaces a feature; if expect, it must still be what now is.
func (a *API) put(r *http.Request, d store.Dataset, f geo.Feature, now *geo.Feature, expect bool) error {
	e := store.Edit{Kind: store.Replace, Feature: f}
	if expect {
		e.Expect = now
	}
	_, err := a.change(r, d, e)
	return late(err, expect)
}

// late tells an edit of a feature that was expected otherwise from other failures.
func late(err error, expected bool) error {
	if _, ok := errors.AsType[*store.EditError](err); ok && expected && geo.KindOf(err) == geo.KindConflict {
		return edit.Changed()
	}
	return err
}

// sendEdited answers with the feature as it is after an edit, in the CRS of the
// request's body. What was edited stays edited where it cannot be read.
func (a *API) sendEdited(w http.ResponseWriter, r *http.Request, d store.Dataset, id string, status int, project *selection.Projection) error {
	f, err := a.feature(r, &d, id)
	if err != nil {
		answer.NoteFailure(r, err)
		if status == http.StatusOK {
			status = http.StatusNoContent
		}
		w.WriteHeader(status)
		return nil
	}
	query := url.Values{}
	if project != nil {
		query.Set("crs", project.URI())
	}
	state := edit.State(&d, f)
	body, err := a.itemBody(r, d, f, &d.Current.Schema, project, query)
	if err != nil {
		return err
	}
	contentCRS(w, project)
	w.Header().Set("ETag", edit.Tag(state, body))
	w.Header().Set("Content-Location", itemURL(r, d.ID, f.ID, query))
	answer.Send(w, status, typeGeoJSON, body)
	return nil
}
