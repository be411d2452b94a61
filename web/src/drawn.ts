import type { Map } from "maplibre-gl";
import type { MapData, Words } from "./data";

/** How much of a layer tiles show, as this server's TileJSON tells. */
interface Layer {
  id: string;
  features?: number;
  drawn?: Record<string, number>;
}

/** Says on the map how many features it shows, where those are not all: nobody shall take the picture for the data. */
export async function tellDrawn(map: Map, data: MapData, words: Words, visible: (id: string) => boolean): Promise<void> {
  if (!data.tilejson) return;
  const response = await fetch(data.tilejson);
  if (!response.ok) return; // the note is an extra
  const layers: Layer[] = (await response.json()).vector_layers ?? [];
  const note = document.createElement("p");
  note.className = "map-drawn";
  note.setAttribute("role", "status");
  map.getContainer().append(note);
  const number = new Intl.NumberFormat(words.lang, { useGrouping: "min2" });
  const tell = () => {
    const zoom = String(Math.floor(map.getZoom()));
    let shown = 0;
    let all = 0;
    for (const layer of layers) {
      // A cluster says itself how many it stands for.
      if (layer.features === undefined || !visible(layer.id) || data.layers.find((l) => l.id === layer.id)?.cluster) continue;
      all += layer.features;
      shown += layer.drawn?.[zoom] ?? layer.features;
    }
    const text = shown < all ? words.text("island.drawn").replace("{n}", number.format(shown)).replace("{all}", number.format(all)) : "";
    if (note.textContent !== text) note.textContent = text;
    note.hidden = text === "";
  };
  map.on("zoomend", tell);
  map.on("styledata", tell);
  tell();
}
