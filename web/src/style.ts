import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { type Archive, archiveLayers, archiveSource } from "./archive";
import { type Collection, sourceLayer } from "./collection";
import type { DataLayer, MapData, TileLayer } from "./data";

/** The colours of a map; those of the data come from the page's symbols. */
export interface Colours {
  background: string;
  base: string;
  casing: string;
  selected: string;
  text: string;
  layer(id: string): string;
}

/** What the map read before it could be drawn. */
export interface Loaded {
  archives: Archive[];
  collections: Map<string, Collection>;
}

/**
 * Gives the style of the map: polygons beneath, then lines, points above, each
 * in the colour of its dataset. Datasets for which visible is false stay in the
 * style, hidden.
 */
export function mapStyle(data: MapData, loaded: Loaded, colours: Colours, visible: (id: string) => boolean): StyleSpecification {
  const sources: Record<string, SourceSpecification> = {};
  const layers: LayerSpecification[] = [
    { id: "background", type: "background", paint: { "background-color": colours.background } },
  ];
  if (data.base) {
    sources.base = vectorSource(data.base);
    layers.push({
      id: "base",
      type: "line",
      source: "base",
      "source-layer": data.base.id,
      paint: { "line-color": colours.base, "line-width": 1 },
    });
  }
  const add = (id: string, drawn: LayerSpecification) =>
    layers.push({ ...drawn, layout: { ...drawn.layout, visibility: visible(id) ? "visible" : "none" } } as LayerSpecification);
  for (const archive of loaded.archives) {
    sources[archive.id] = archiveSource(archive);
    for (const drawn of archiveLayers(archive, colours)) add(archive.id, drawn);
  }
  for (const layer of data.layers) {
    const collection = loaded.collections.get(layer.id);
    sources[layer.id] = collection ? { type: "geojson", data: collection.data, attribution: escape(layer.attribution) } : vectorSource(layer);
  }
  for (const draw of [polygons, lines, points, clusters]) {
    for (const layer of data.layers) {
      for (const drawn of draw(layer, colours, data.lang)) add(layer.id, drawn);
    }
  }
  return { version: 8, sources, layers };
}

/** Gives the ids of the style layers that answer clicks, for one dataset. */
export function clickable(layer: DataLayer): string[] {
  const kinds: string[] = layer.shape === "mixed" ? ["polygon", "line", "point"] : [layer.shape];
  if (layer.cluster) kinds.push("cluster");
  return kinds.map((kind) => `${layer.id}/${kind}`);
}

function vectorSource(layer: TileLayer): SourceSpecification {
  return {
    type: "vector",
    tiles: [location.origin + layer.tiles],
    maxzoom: layer.maxzoom,
    ...(layer.bounds && { bounds: layer.bounds }),
    attribution: escape(layer.attribution),
  };
}

/** MapLibre sets attributions as HTML; publishers' names are text. */
function escape(text: string): string {
  const node = document.createElement("span");
  node.textContent = text;
  return node.innerHTML;
}

function selected<T>(then: T, otherwise: T): ExpressionSpecification {
  return ["case", ["boolean", ["feature-state", "selected"], false], then, otherwise] as ExpressionSpecification;
}

export function byZoom(at8: unknown, at13: unknown, at18: unknown): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], 8, at8, 13, at13, 18, at18] as ExpressionSpecification;
}

function common(layer: DataLayer, kind: "point" | "line" | "polygon", types: string[]) {
  return {
    id: `${layer.id}/${kind}`,
    source: layer.id,
    ...sourceLayer(layer),
    filter: ["in", ["geometry-type"], ["literal", types]] as ExpressionSpecification,
    layout: {},
  };
}

function polygons(layer: DataLayer, colours: Colours): LayerSpecification[] {
  if (layer.shape !== "polygon" && layer.shape !== "mixed") return [];
  const colour = colours.layer(layer.id);
  const base = common(layer, "polygon", ["Polygon", "MultiPolygon"]);
  return [
    { ...base, type: "fill", paint: { "fill-color": colour, "fill-opacity": selected(0.36, 0.1) } },
    {
      ...base,
      id: `${layer.id}/outline`,
      type: "line",
      layout: { "line-join": "round" },
      paint: { "line-color": selected(colours.selected, colour), "line-width": selected(3, 1.25) },
    },
  ];
}

function lines(layer: DataLayer, colours: Colours): LayerSpecification[] {
  if (layer.shape !== "line" && layer.shape !== "mixed") return [];
  return [
    {
      ...common(layer, "line", ["LineString", "MultiLineString"]),
      type: "line",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": selected(colours.selected, colours.layer(layer.id)),
        "line-width": byZoom(selected(4, 1.2), selected(6, 2.6), selected(10, 6)),
      },
    },
  ];
}

function points(layer: DataLayer, colours: Colours): LayerSpecification[] {
  if (layer.shape !== "point" && layer.shape !== "mixed") return [];
  const size = pointSize(layer.rows);
  return [
    {
      ...common(layer, "point", ["Point", "MultiPoint"]),
      ...(layer.cluster && { filter: ["!=", ["get", "cluster"], true] as ExpressionSpecification }),
      type: "circle",
      paint: {
        "circle-color": colours.layer(layer.id),
        "circle-radius": byZoom(selected(size + 4, 1.5 * size), selected(size + 7, 4 * size), selected(13, 9)),
        "circle-stroke-color": selected(colours.selected, colours.casing),
        "circle-stroke-width": byZoom(selected(3, 0.5), selected(3, 1), selected(4, 1.5)),
      },
    },
  ];
}

/**
 * Clusters are rings with their count, larger for more but never overlapping. A
 * style without glyphs has MapLibre draw them with the fonts of the reader.
 */
function clusters(layer: DataLayer, colours: Colours, lang: string): LayerSpecification[] {
  if (!layer.cluster) return [];
  const base = {
    source: layer.id,
    "source-layer": layer.id,
    filter: ["==", ["get", "cluster"], true] as ExpressionSpecification,
  };
  const largest = Math.min(24, layer.cluster / 2 - 1);
  const magnitude: ExpressionSpecification = ["log10", ["get", "point_count"]];
  const ring = 3;
  return [
    {
      ...base,
      id: `${layer.id}/cluster`,
      type: "circle",
      paint: {
        "circle-color": colours.casing,
        "circle-radius": ["interpolate", ["linear"], magnitude, 0.3, largest / 2 - ring, 4, largest - ring],
        "circle-stroke-color": colours.layer(layer.id),
        "circle-stroke-width": ring,
      },
    },
    {
      ...base,
      id: `${layer.id}/count`,
      type: "symbol",
      layout: {
        "text-field": [
          "case",
          ["<", ["get", "point_count"], 10000],
          ["number-format", ["get", "point_count"], { locale: lang }],
          ["get", "point_count_abbreviated"],
        ],
        "text-size": Math.min(11, largest / 2),
        "text-allow-overlap": true,
        "text-ignore-placement": true,
      },
      paint: { "text-color": colours.text },
    },
  ];
}

/** Few points may be larger than many: from twice the size for ten to the plain one for a thousand. */
function pointSize(rows: number): number {
  return Math.min(2, Math.max(1, 2.5 - 0.5 * Math.log10(Math.max(1, rows))));
}
