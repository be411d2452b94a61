import { AttributionControl, FullscreenControl, type LngLatLike, Map, type MapGeoJSONFeature, type MapOptions, NavigationControl, type PointLike, ScaleControl, setWorkerUrl } from "maplibre-gl";
import { loadArchives } from "./archive";
import { loadCollections } from "./collection";
import { type MapData, Words } from "./data";
import { Details, type Found } from "./details";
import { tellDrawn } from "./drawn";
import { clickable, type Colours, mapStyle } from "./style";

declare const WORKER_FILE: string;
declare const STYLE_FILE: string;

/** How far from a feature, in pixels, a click still finds it. */
const reach = 6;

/** The map of a <puy-map>, for scripts that go further. */
export type MapElement = HTMLElement & { map?: Map };

/** Draws data in host. It rejects where the browser cannot draw maps. */
export async function start(host: MapElement, data: MapData): Promise<void> {
  await loadStyleSheet(new URL(STYLE_FILE, import.meta.url).href);
  setWorkerUrl(new URL(WORKER_FILE, import.meta.url).href);
  const words = new Words(data.lang, data.strings);
  const boxes = [...host.querySelectorAll<HTMLInputElement>(".layers input")];
  const visible = (id: string) => boxes.find((box) => box.value === id)?.checked ?? true;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const [archives, collections] = await Promise.all([loadArchives(data), loadCollections(data)]);
  const loaded = { archives, collections };
  const container = host.querySelector<HTMLElement>(".map-canvas")!;
  const map = new Map({
    container,
    style: mapStyle(data, loaded, readColours(host), visible),
    ...opening(data, container.clientWidth),
    maxPitch: 0,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: still ? 0 : 200,
    cooperativeGestures: true,
    attributionControl: false,
    locale: locale(data, words),
  });
  host.map = map;
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }));
  map.addControl(new FullscreenControl({ container: host }));
  map.addControl(new ScaleControl(), "top-left");
  map.addControl(new AttributionControl({ compact: true }));
  if (container.clientWidth < 640) {
    // Where it would cover the map, the attribution opens on demand.
    map.once("load", () => {
      const attribution = container.querySelector<HTMLDetailsElement>("details.maplibregl-ctrl-attrib");
      attribution?.classList.remove("maplibregl-compact-show");
      attribution?.removeAttribute("open");
    });
  }

  const redraw = () => map.setStyle(mapStyle(data, loaded, readColours(host), visible));
  for (const box of boxes) box.addEventListener("change", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  const select = selection(map, data);
  const panel = host.querySelector<HTMLElement>(".details");
  const details = panel && new Details(panel, words, collections, (found) => select(found?.layer.id, found?.feature.id));
  const pick = (x: number, y: number, focus: boolean) => {
    if (!details) return;
    const found = featuresAt(map, data, x, y);
    const top = found[0]?.feature;
    if (!top || !isCluster(top)) return details.show(found.filter(({ feature }) => !isCluster(feature)), focus);
    details.show([], false);
    details.say(words.count("island.cluster", Number(top.properties.point_count)));
    map.easeTo({ ...apart(top), duration: still ? 0 : 500 });
  };
  map.on("click", (event) => pick(event.point.x, event.point.y, false));
  map.on("mousemove", (event) => {
    const over = featuresAt(map, data, event.point.x, event.point.y).length > 0;
    map.getCanvas().style.cursor = over ? "pointer" : "";
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const { clientWidth, clientHeight } = map.getCanvas();
    pick(clientWidth / 2, clientHeight / 2, true);
  });

  map.once("load", () => void tellDrawn(map, data, words, visible).catch(() => undefined));
  map.on("error", (event) => {
    host.dataset.error = event.error.message;
    details?.say(words.text("island.tiles"));
  });
  map.on("dataloading", () => (host.dataset.state = "ready"));
  map.on("idle", () => (host.dataset.state = "idle"));
  if (data.selected) {
    const { layer, fid } = data.selected;
    map.once("load", () => select(layer, fid));
  }
}

/** Where the map opens. The operator's view is meant for wide screens: narrow ones show as much land, smaller. */
function opening(data: MapData, width: number): Partial<MapOptions> {
  if (!data.view) return { bounds: data.bounds, fitBoundsOptions: { padding: 24, maxZoom: 16 } };
  return { center: data.view.center, zoom: data.view.zoom - Math.max(0, Math.log2(800 / width)) };
}

function isCluster(feature: MapGeoJSONFeature): boolean {
  return feature.properties.cluster === true;
}

/** Gives where a cluster stands, and the zoom at which it falls apart. */
function apart({ geometry, properties }: MapGeoJSONFeature): { center?: LngLatLike; zoom: number } {
  const zoom = Number(properties.expansion_zoom);
  return geometry.type === "Point" ? { center: geometry.coordinates as [number, number], zoom } : { zoom };
}

/** Gives the features near a point of the canvas, the topmost first, each once. */
function featuresAt(map: Map, data: MapData, x: number, y: number): Found[] {
  const box: [PointLike, PointLike] = [
    [x - reach, y - reach],
    [x + reach, y + reach],
  ];
  const layers = data.layers.flatMap(clickable).filter((id) => map.getLayer(id));
  const seen = new Set<string>();
  const found: Found[] = [];
  for (const feature of map.queryRenderedFeatures(box, { layers })) {
    const layer = data.layers.find((l) => l.id === feature.source);
    const key = `${feature.source}/${feature.id}`;
    if (!layer || seen.has(key)) continue;
    seen.add(key);
    found.push({ layer, feature });
  }
  return found;
}

/** Gives a function that marks one feature as selected and unmarks the one before. */
function selection(map: Map, data: MapData) {
  let before: { source: string; sourceLayer?: string; id: string | number } | undefined;
  return (source: string | undefined, id: string | number | undefined) => {
    if (before) map.removeFeatureState(before, "selected");
    const layer = data.layers.find((l) => l.id === source);
    before = layer && id !== undefined ? { source: layer.id, id, ...(!layer.geojson && { sourceLayer: layer.id }) } : undefined;
    if (before) map.setFeatureState(before, { selected: true });
  };
}

/** Reads the colours that the style sheet gives in the current scheme. */
function readColours(host: HTMLElement): Colours {
  const style = getComputedStyle(host);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: token("--map-ground"),
    base: token("--map-base"),
    casing: token("--map-casing"),
    selected: token("--map-selected"),
    text: style.color,
    layer(id) {
      const symbol = host.querySelector(`.layers input[value="${CSS.escape(id)}"] ~ .symbol`);
      return symbol ? getComputedStyle(symbol).color : token("--map-selected");
    },
  };
}

function loadStyleSheet(href: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = () => resolve();
    link.onerror = () => reject(new Error(`cannot load ${href}`));
    // Before the portal's own sheet, which adapts MapLibre's.
    document.head.prepend(link);
  });
}

function locale(data: MapData, words: Words): Record<string, string> {
  return {
    "Map.Title": data.title,
    "NavigationControl.ZoomIn": words.text("island.zoomIn"),
    "NavigationControl.ZoomOut": words.text("island.zoomOut"),
    "FullscreenControl.Enter": words.text("island.fullscreen"),
    "FullscreenControl.Exit": words.text("island.fullscreenExit"),
    "AttributionControl.ToggleAttribution": words.text("island.attribution"),
    "CooperativeGesturesHandler.WindowsHelpText": words.text("island.scrollWindows"),
    "CooperativeGesturesHandler.MacHelpText": words.text("island.scrollMac"),
    "CooperativeGesturesHandler.MobileHelpText": words.text("island.scrollTouch"),
  };
}
