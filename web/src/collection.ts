import type { Feature, FeatureCollection } from "geojson";
import type { DataLayer, MapData } from "./data";

/** The features of a page, drawn in place of their dataset's tiles. */
export interface Collection {
  data: FeatureCollection;
  /** The id of each feature; on the map it has its place in this list. */
  ids: string[];
}

/** Reads the features of those layers that name a GeoJSON document, by the layer's id. */
export async function loadCollections(data: MapData): Promise<Map<string, Collection>> {
  const collections = new Map<string, Collection>();
  for (const { id, geojson } of data.layers) {
    if (!geojson) continue;
    const response = await fetch(geojson);
    if (!response.ok) throw new Error(`${geojson} answers ${response.status}`);
    const read = (await response.json()) as FeatureCollection | Feature;
    const features = read.type === "Feature" ? [read] : read.features;
    collections.set(id, {
      ids: features.map((feature) => String(feature.id)),
      // MapLibre's own ids are numbers.
      data: { type: "FeatureCollection", features: features.map((feature, i) => ({ ...feature, id: i })) },
    });
  }
  return collections;
}

/** Gives what a style layer says to reach a layer of the tiles; GeoJSON has none. */
export function sourceLayer(layer: DataLayer): { "source-layer"?: string } {
  return layer.geojson ? {} : { "source-layer": layer.id };
}
