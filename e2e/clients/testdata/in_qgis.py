"""Reads a portal with QGIS: in_qgis.py URL STORE; ends with 1 where something is not as it is to be."""
import os
import sys
import time
import urllib.request
import json
import traceback

from qgis.core import (QgsApplication, QgsCoordinateReferenceSystem, QgsCoordinateTransform, QgsDataSourceUri, QgsFeatureRequest,
                       QgsGeometry, QgsMapRendererParallelJob, QgsMapSettings, QgsMapBoxGlStyleConverter, QgsMapBoxGlStyleConversionContext,
                       QgsPointXY, QgsProject, QgsRectangle, QgsVectorLayer, QgsVectorTileLayer, QgsWkbTypes)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

URL, STORE = sys.argv[1:3]
failures = []


def same(what, got, want):
    if got != want:
        failures.append(f"{what}: {got!r}; want {want!r}")


def get(path):
    with urllib.request.urlopen(URL + path, timeout=30) as answer:
        return json.load(answer)


def features(dataset, sql="", more=""):
    uri = f"url='{URL}/api' typename='{dataset}' pagingEnabled='true' {more}"
    if sql:
        uri += " sql=" + sql
    return QgsVectorLayer(uri, dataset, "OAPIF")


def layers():
    """Each collection is a layer with its count and extent."""
    kinds = {"communes": "Polygon", "pistes-cyclables": "LineString", "arrets-bus": "Point", "stations-qualite-air": "Point", "grille": "Point",
             "points-hauts": "Point", "stationnement-velo": "Point"}
    for collection in get("/api/collections")["collections"]:
        name = collection["id"]
        layer = features(name)
        same(f"{name} is valid", layer.isValid(), True)
        if not layer.isValid():
            continue
        same(f"{name}: count", layer.featureCount(), collection["itemCount"])
        if name == "marches-publics":
            same(f"{name}: geometry", layer.wkbType(), QgsWkbTypes.NoGeometry)
            continue
        same(f"{name}: CRS", layer.crs().authid(), "EPSG:4326")
        if name in kinds:
            kind = QgsWkbTypes.displayString(QgsWkbTypes.flatType(QgsWkbTypes.singleType(layer.wkbType())))
            same(f"{name}: geometry", kind, kinds[name])
        read = list(layer.getFeatures())
        same(f"{name}: features", len(read), collection["itemCount"])
        extent = QgsRectangle()
        for f in read:
            extent.combineExtentWith(f.geometry().boundingBox())
        west, south, east, north = collection["extent"]["spatial"]["bbox"][0][:4] if len(collection["extent"]["spatial"]["bbox"][0]) == 4 else (
            *collection["extent"]["spatial"]["bbox"][0][:2], *collection["extent"]["spatial"]["bbox"][0][3:5])
        for side, got, want in (("west", extent.xMinimum(), west), ("south", extent.yMinimum(), south), ("east", extent.xMaximum(), east),
                                ("north", extent.yMaximum(), north)):
            if abs(got - want) > 1e-6:
                failures.append(f"{name}: the features go {side} to {got}, the collection says {want}")


def grid():
    """Types, pages and filters of a dataset of three pages."""
    layer = features("grille")
    same("fields", [(f.name(), f.typeName()) for f in layer.fields()],
         [("id", "String"), ("code", "String"), ("rang", "Integer"), ("mesure", "Real"), ("ouvert", "Boolean"), ("jour", "Date"), ("nom", "String"),
          ("lon", "Real"), ("lat", "Real")])
    read = {f["code"]: f for f in layer.getFeatures()}
    same("distinct features over the pages", len(read), 2500)
    last = read["02499"]
    same("values", [last["id"], last["rang"], last["mesure"], last["ouvert"], last["jour"].toString("yyyy-MM-dd"), last["nom"]],
         ["02499", 2499, 2499.5, False, "2026-11-04", "L'été n° 0"])
    point = last.geometry().asPoint()
    same("place", (round(point.x(), 7), round(point.y(), 7)), (3.098, 45.798))

    for expression, want in (('"rang" < 10', 10), ('"nom" = \'L\'\'été n° 3\'', 357), ('"jour" >= \'2026-01-01\'', 308), ('"mesure" >= 9 and "mesure" < 20 and "nom" like \'%3\'', 2)):
        request = QgsFeatureRequest().setFilterExpression(expression)
        same(expression, sum(1 for _ in layer.getFeatures(request)), want)
    box = QgsRectangle(3.009, 45.709, 3.031, 45.721)  # 11 columns, 6 rows
    same("box", sum(1 for _ in layer.getFeatures(QgsFeatureRequest(box))), 66)
    narrow = features("grille", more="restrictToRequestBBOX='1'")
    same("box asked of the server", sum(1 for _ in narrow.getFeatures(QgsFeatureRequest(box))), 66)
    subset = features("grille")
    same("subset is taken", subset.setSubsetString('"jour" >= \'2026-01-01\''), True)
    same("subset", sum(1 for _ in subset.getFeatures()), 308)


def render(layer, west, south, east, north):
    """Draws a layer over a box in degrees, and gives how many pixels are of each colour."""
    settings = QgsMapSettings()
    mercator = QgsCoordinateReferenceSystem("EPSG:3857")
    to = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), mercator, QgsProject.instance())
    settings.setDestinationCrs(mercator)
    settings.setExtent(to.transformBoundingBox(QgsRectangle(west, south, east, north)))
    settings.setOutputSize(QSize(512, 512))
    settings.setBackgroundColor(QColor("white"))
    settings.setLayers([layer])
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    for e in job.errors():
        failures.append(f"{layer.name()}: {e.message}")
    image, colours = job.renderedImage(), {}
    for y in range(0, image.height()):
        for x in range(0, image.width()):
            rgb = image.pixel(x, y) & 0xFFFFFF
            colours[rgb] = colours.get(rgb, 0) + 1
    return colours


def tiles():
    """Vector tiles, by the addresses of TileJSON, with the style that the API gives."""
    for dataset, zoom in (("communes", 10), ("pistes-cyclables", 12), ("arrets-bus", 12)):
        tilejson = get(f"/tiles/{dataset}.json")
        address = tilejson["tiles"][0].replace("&", "%26")
        style = get(f"/api/styles/{dataset}")
        layer = QgsVectorTileLayer(f"type=xyz&url={address}&zmin={tilejson['minzoom']}&zmax={tilejson['maxzoom']}", dataset)
        same(f"tiles of {dataset} are valid", layer.isValid(), True)
        context = QgsMapBoxGlStyleConversionContext()
        converter = QgsMapBoxGlStyleConverter()
        same(f"style of {dataset}", converter.convert(style, context), QgsMapBoxGlStyleConverter.Success)
        same(f"warnings about the style of {dataset}", converter.warnings(), [])
        layer.setRenderer(converter.renderer())
        west, south, east, north = tilejson["bounds"]
        colours = render(layer, west, south, east, north)
        white = colours.get(0xFFFFFF, 0)
        if white > 512 * 512 - 300:
            failures.append(f"the map of {dataset} is blank: {white} of {512 * 512} pixels are white")
        wanted = declared(style)
        if not any(near(rgb, colour) for rgb, n in colours.items() if n >= 3 for colour in wanted):
            failures.append(f"no colour of the style {sorted(map(hex, wanted))} is on the map of {dataset}: {sorted(colours.items(), key=lambda c: -c[1])[:8]}")


def declared(value):
    """The colours #rrggbb that a style names."""
    if isinstance(value, str):
        return {int(value[1:], 16)} if len(value) == 7 and value[0] == "#" else set()
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*(declared(v) for v in parts))


def near(a, b):
    return all(abs((a >> shift & 255) - (b >> shift & 255)) <= 24 for shift in (0, 8, 16))


def editable():
    """The layer of the store itself, as an analyst opens it."""
    if STORE.startswith("gpkg:"):
        return QgsVectorLayer(STORE[len("gpkg:"):] + "|layername=grille", "grille", "ogr")
    return QgsVectorLayer(postgres(STORE), "grille", "postgres")


def postgres(url):
    from urllib.parse import urlsplit, parse_qs, unquote
    parts = urlsplit(url)
    host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    uri = QgsDataSourceUri()
    uri.setConnection(host, str(parts.port or 5432), parts.path[1:], unquote(parts.username or ""), unquote(parts.password or ""))
    uri.setDataSource("data", "grille", "geom", "", "fid")
    return uri.uri(False)


def waitFor(what, path, wanted):
    """Asks until the answer is as wanted: an edit shows within two seconds."""
    began = time.monotonic()
    while True:
        got = get(path)
        if wanted(got):
            return
        if time.monotonic() - began > 5:  # more than promised: the machine may be busy
            failures.append(f"{what} does not show in {path}: {json.dumps(got)[:300]}")
            return
        time.sleep(0.05)


def edits():
    """What QGIS changes in the store shows in the API."""
    layer = editable()
    same("the store's layer is valid", layer.isValid(), True)
    same("the store's layer: count", layer.featureCount(), 2500)
    feature = next(layer.getFeatures(QgsFeatureRequest().setFilterExpression("\"code\" = '00017'")))
    same("editing begins", layer.startEditing(), True)
    same("a value changes", layer.changeAttributeValue(feature.id(), layer.fields().indexOf("nom"), "Changé dans QGIS"), True)
    same("a geometry changes", layer.changeGeometry(feature.id(), QgsGeometry.fromPointXY(QgsPointXY(3.2, 45.9))), True)
    gone = next(layer.getFeatures(QgsFeatureRequest().setFilterExpression("\"code\" = '00018'")))
    same("a feature goes", layer.deleteFeature(gone.id()), True)
    same(f"saved {layer.commitErrors()}", layer.commitChanges(), True)
    items = "/api/collections/grille/items"
    waitFor("the edit", items + "/00017", lambda f: f["properties"]["nom"] == "Changé dans QGIS" and f["geometry"]["coordinates"][:2] == [3.2, 45.9])
    waitFor("the edit, by its new place,", items + "?bbox=3.19,45.89,3.21,45.91", lambda c: [f["id"] for f in c["features"]] == ["00017"])
    waitFor("the removal", items + "?filter=code%20IN%20(%2700017%27,%2700018%27)", lambda c: [f["id"] for f in c["features"]] == ["00017"])


QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
for part in (layers, grid, tiles, edits):
    began = time.monotonic()
    try:
        part()
    except Exception:
        failures.append(f"{part.__name__}: {traceback.format_exc()}")
    print(f"{part.__name__}: {time.monotonic() - began:.1f} s")
print("\n".join(failures))
sys.stdout.flush()
os._exit(1 if failures else 0)  # QGIS 3.22 may crash when Python takes it down
