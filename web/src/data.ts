/** What the page tells the map island, in its JSON script element. */
export interface MapData {
  lang: string;
  /** Texts by key, of the page's language. */
  strings: Record<string, string>;
  title: string;
  /** Where the map opens: west, south, east, north in degrees. */
  bounds: [number, number, number, number];
  /** The operator's choice of opening view, instead of bounds. */
  view?: { center: [number, number]; zoom: number };
  /** A layer drawn as plain outlines beneath the others, not clickable. */
  base?: TileLayer;
  layers: DataLayer[];
  /** Where it is told how much of the layers is drawn at which zoom. */
  tilejson?: string;
  /** Datasets of which only their TileJSON tells what they hold. */
  archives?: { id: string; tilejson: string }[];
  /** The feature to show as selected from the start. */
  selected?: { layer: string; fid: number };
}

/** One dataset's vector tiles; the source layer bears the dataset's id. */
export interface TileLayer {
  id: string;
  /** Path template with {z}, {x} and {y}. */
  tiles: string;
  maxzoom: number;
  bounds?: [number, number, number, number];
  attribution: string;
}

export interface DataLayer extends TileLayer {
  title: string;
  rows: number;
  shape: "point" | "line" | "polygon" | "mixed";
  /** Whether it must be said that the values are invented, since the title does not. */
  badge: boolean;
  /** Path of the features to draw in place of the tiles. */
  geojson?: string;
  /** What the id of one of those is appended to, to reach its page. */
  items?: string;
  /** How near clusters may be to one another, in pixels; absent where points are not clustered. */
  cluster?: number;
  /** The dataset's page. */
  page: string;
  /** What a feature id is appended to, to reach the feature's page. */
  features: string;
  /** The field whose value names a feature. */
  label: string;
  fields: Field[];
}

export interface Field {
  name: string;
  title: string;
  type: string;
  unit?: string;
  key?: boolean;
}

/** Words gives the page's texts by key. */
export class Words {
  private readonly plural: Intl.PluralRules;

  constructor(
    readonly lang: string,
    private readonly strings: Record<string, string>,
  ) {
    this.plural = new Intl.PluralRules(lang);
  }

  text(key: string): string {
    return this.strings[key] ?? key;
  }

  count(key: string, n: number): string {
    const form = this.plural.select(n) === "one" ? "one" : "other";
    return this.text(`${key}.${form}`).replace("{n}", String(n));
  }
}
