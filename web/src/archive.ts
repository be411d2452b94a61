import type { LayerSpecification, SourceSpecification } from "maplibre-gl";
import type { MapData } from "./data";
import { byZoom, type Colours } from "./style";

/** What is read of a TileJSON document. */
interface TileJSON {
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  bounds?: [number, number, number, number];
  attribution?: string;
  encoding?: "mlt";
  vector_layers?: { id: string }[];
}

/** An archive of tiles, vector or raster, with its description. */
export interface Archive {
  id: string;
  about: TileJSON;
}

/** Reads the descriptions of a map's archives, and opens the map where they are if it has nothing else. */
export async function loadArchives(data: MapData): Promise<Archive[]> {
  const archives = await Promise.all(
    (data.archives ?? []).map(async ({ id, tilejson }) => {
      const response = await fetch(tilejson);
      if (!response.ok) throw new Error(`${tilejson} answers ${response.status}`);
      return { id, about: (await response.json()) as TileJSON };
    }),
  );
  if (archives.length > 0 && data.layers.length === 0) {
    data.bounds = archives.find((a) => a.about.bounds)?.about.bounds ?? [-180, -60, 180, 75];
  }
  return archives;
}

export function archiveSource({ about }: Archive): SourceSpecification {
  const { tiles, minzoom, maxzoom, bounds, attribution, encoding } = about;
  // Attributions of TileJSON are HTML, which the server has made safe.
  const common = { tiles, minzoom, maxzoom, ...(bounds && { bounds }), ...(attribution && { attribution }) };
  if (isRaster(about)) return { type: "raster", tileSize: 256, ...common };
  return { type: "vector", ...(encoding && { encoding }), ...common };
}

/** Gives the style layers of an archive: pictures, or every vector layer with areas beneath lines beneath points. */
export function archiveLayers({ id, about }: Archive, colours: Colours): LayerSpecification[] {
  if (isRaster(about)) return [{ id: `${id}/raster`, type: "raster", source: id }];
  const colour = colours.layer(id);
  const layers: LayerSpecification[] = [];
  for (const [kind, types] of [["polygon", ["Polygon", "MultiPolygon"]], ["line", ["LineString", "MultiLineString"]], ["point", ["Point", "MultiPoint"]]] as const) {
    for (const layer of about.vector_layers ?? []) {
      const common = { id: `${id}/${kind}/${layer.id}`, source: id, "source-layer": layer.id, filter: ["in", ["geometry-type"], ["literal", types]] as never };
      if (kind === "polygon") layers.push({ ...common, type: "fill", paint: { "fill-color": colour, "fill-opacity": 0.15, "fill-outline-color": colour } });
      if (kind === "line") layers.push({ ...common, type: "line", paint: { "line-color": colour, "line-width": byZoom(0.8, 1.5, 4) } });
      if (kind === "point") layers.push({ ...common, type: "circle", paint: { "circle-color": colour, "circle-radius": byZoom(1.5, 4, 7), "circle-stroke-color": colours.casing, "circle-stroke-width": 0.5 } });
    }
  }
  return layers;
}

function isRaster(about: TileJSON): boolean {
  return /\.(png|jpg|webp|avif)(\?|$)/.test(about.tiles[0] ?? "");
}
