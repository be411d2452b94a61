package api

import (
	"net/http"

	"puy/server/answer"
	"puy/server/downloads"
	"puy/server/transfer"
	"puy/store"
)

// downloadDefinition describes the files of d, which stand beside the API.
func downloadDefinition(r *http.Request, d *store.Dataset, lang string) object {
	var names []string
	var offers []answer.Format
	for _, f := range transfer.FormatsOf(&d.Current.Schema) {
		names = append(names, f.Name)
		offers = append(offers, answer.Format{Name: f.Name, MediaType: f.MediaType})
	}
	parameters := []object{{"name": "format", "in": "path", "required": true, "description": "The format of the file.",
		"schema": object{"type": "string", "enum": names}}}
	for _, name := range downloads.Parameters() {
		parameter := object{"$ref": "#/components/parameters/" + name}
		if of, ok := collectionParameters()[name]; ok {
			if parameter = of(d); parameter == nil {
				continue
			}
		}
		parameters = append(parameters, parameter)
	}
	problem := object{"$ref": "#/components/responses/problem"}
	return object{
		"operationId": "getDownload." + d.ID, "summary": "The features of a dataset as a file: " + d.Title.In(lang),
		"servers":    []object{{"url": answer.Base(r)}},
		"parameters": append(parameters, fieldParameters(d, lang)...),
		"responses": object{
			"200":     object{"description": "The file.", "content": contentOf(offers, "featureCollection."+d.ID)},
			"304":     object{"description": "The client has it already."},
			"400":     problem,
			"404":     problem,
			"503":     problem,
			"default": problem,
		},
	}
}
