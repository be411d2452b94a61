"""Reads a portal with OWSLib: with_owslib.py URL STORE; ends with 1 where something is not as it is to be."""
import sys

from owslib.ogcapi.features import Features
from owslib.ogcapi.records import Records

URL = sys.argv[1]
failures = []


def same(what, got, want):
    if got != want:
        failures.append(f"{what}: {got!r}; want {want!r}")


api = Features(URL + "/api")
datasets = ["arrets-bus", "communes", "grille", "marches-publics", "pistes-cyclables", "pistes-cyclables-en-projet", "points-hauts",
            "stationnement-velo", "stations-qualite-air"]
same("feature_collections", sorted(api.feature_collections()), datasets)
same("collections", sorted(c["id"] for c in api.collections()["collections"]), datasets)
conformance = api.conformance()["conformsTo"]
for part in ("ogcapi-features-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/geojson", "ogcapi-features-2/1.0/conf/crs", "ogcapi-features-3/1.0/conf/filter"):
    same(part, "http://www.opengis.net/spec/" + part in conformance, True)
same("the definition", api.api()["openapi"][:4], "3.0.")
same("links of the landing page", {"self", "service-desc", "conformance", "data"} <= {link["rel"] for link in api.links}, True)

grid = api.collection("grille")
same("collection", (grid["id"], grid["itemType"], grid["itemCount"]), ("grille", "feature", 2500))
queryables = api.collection_queryables("grille")["properties"]
same("queryables", {name: p.get("type") for name, p in queryables.items()},
     {"geom": None, "code": "string", "rang": "integer", "mesure": "number", "ouvert": "boolean", "jour": "string", "nom": "string", "lon": "number", "lat": "number"})

read, offset = [], 0
while True:
    page = api.collection_items("grille", limit=1000, offset=offset)
    same("numberMatched", page["numberMatched"], 2500)
    read += [f["id"] for f in page["features"]]
    if not any(link["rel"] == "next" for link in page["links"]):
        break
    offset += page["numberReturned"]
same("features over the pages", (len(read), len(set(read)), read[0], read[-1]), (2500, 2500, "00000", "02499"))

for what, want, question in (
        ("bbox", 66, {"bbox": [3.009, 45.709, 3.031, 45.721]}),
        ("datetime", 308, {"datetime": "2026-01-01/.."}),
        ("property", 357, {"nom": "L'été n° 3"}),
        ("filter", 5, {"filter": "ouvert = TRUE AND rang >= 2490"}),
        ("spatial filter", 66, {"filter": "S_INTERSECTS(geom, BBOX(3.009, 45.709, 3.031, 45.721))"})):
    page = api.collection_items("grille", limit=1000, **question)
    same(what, (page["numberMatched"], page["numberReturned"], len(page["features"])), (want, want, want))
item = api.collection_item("grille", "00042")
same("item", (item["id"], item["properties"]["rang"], item["geometry"]["type"]), ("00042", 42, "Point"))
for name in ("absent", "grille/items/absent"):
    try:
        api.collection(name)
        failures.append(f"{name} is there")
    except RuntimeError as refusal:
        same("what a refusal says", "404" in str(refusal), True)

same("records: collections", len(Records(URL + "/api").collections()["collections"]), len(datasets))
print("\n".join(failures))
sys.exit(bool(failures))
