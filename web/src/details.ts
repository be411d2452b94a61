import type { MapGeoJSONFeature } from "maplibre-gl";
import type { Collection } from "./collection";
import { type DataLayer, Words } from "./data";
import { Values } from "./values";

/** One feature found under a click, with its dataset. */
export interface Found {
  layer: DataLayer;
  feature: MapGeoJSONFeature;
}

/** The most features that one click lists. */
const mostListed = 100;

/**
 * Details fills the panel that lists the features at a place: one disclosure a
 * feature, the first one open. A live region tells how many there are.
 */
export class Details {
  private readonly values: Values;
  private readonly status: HTMLElement;
  private readonly list: HTMLElement;

  /** onOpen is told which feature the reader looks at. */
  constructor(
    private readonly panel: HTMLElement,
    private readonly words: Words,
    private readonly collections: Map<string, Collection>,
    private readonly onOpen: (found: Found | undefined) => void,
  ) {
    this.values = new Values(words);
    this.status = panel.querySelector<HTMLElement>(".details-status")!;
    this.list = panel.querySelector<HTMLElement>(".details-list")!;
  }

  show(all: Found[], focus: boolean): void {
    const listed = all.slice(0, mostListed);
    this.list.replaceChildren(...listed.map((found, i) => this.disclosure(found, i === 0)));
    if (all.length > mostListed) this.say(this.words.text("island.limited").replace("{n}", String(mostListed)));
    else if (all.length > 0) this.say(this.words.count("island.found", all.length));
    else this.say(this.words.text("island.nothing"));
    this.onOpen(all[0]);
    if (focus) this.panel.focus({ preventScroll: true });
    if (all.length > 0) this.panel.scrollIntoView({ block: "nearest" });
  }

  say(sentence: string): void {
    this.status.textContent = sentence;
  }

  private disclosure(found: Found, open: boolean): HTMLElement {
    const details = document.createElement("details");
    details.name = "found";
    details.open = open;
    details.addEventListener("toggle", () => {
      if (details.open) this.onOpen(found);
    });
    const summary = document.createElement("summary");
    const symbol = document.querySelector(`.layers input[value="${CSS.escape(found.layer.id)}"] ~ .symbol`);
    if (symbol) summary.append(symbol.cloneNode(true));
    const heading = document.createElement("span");
    const title = document.createElement("small");
    title.textContent = found.layer.title;
    if (found.layer.badge) title.textContent += ` (${this.words.text("demo.badge")})`;
    heading.append(this.label(found), title);
    summary.append(heading);
    details.append(summary, this.attributes(found), this.links(found));
    return details;
  }

  private label({ layer, feature }: Found): string {
    for (const field of [layer.fields.find((f) => f.name === layer.label), layer.fields.find((f) => f.key)]) {
      const value: unknown = field && feature.properties[field.name];
      if (field && value !== undefined && value !== null && value !== "") return this.values.text(field, value);
    }
    return String(feature.id ?? layer.title);
  }

  private attributes({ layer, feature }: Found): HTMLElement {
    const list = document.createElement("dl");
    list.className = "metadata";
    for (const field of layer.fields) {
      const value: unknown = feature.properties[field.name];
      if (value === undefined || value === null || value === "") continue;
      const row = document.createElement("div");
      const term = document.createElement("dt");
      term.textContent = field.title;
      if (field.unit) {
        const unit = document.createElement("small");
        unit.textContent = `(${field.unit})`;
        term.append(" ", unit);
      }
      const description = document.createElement("dd");
      description.append(this.values.node(field, value));
      row.append(term, description);
      list.append(row);
    }
    return list;
  }

  private links({ layer, feature }: Found): HTMLElement {
    const list = document.createElement("p");
    list.className = "links";
    const targets: [string, string][] = [["island.dataset", layer.page]];
    const id = this.collections.get(layer.id)?.ids[Number(feature.id)];
    if (id !== undefined) targets.unshift(["island.item", layer.items + encodeURIComponent(id)]);
    else if (feature.id !== undefined) targets.unshift(["island.item", layer.features + String(feature.id)]);
    for (const [key, href] of targets) {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = this.words.text(key);
      list.append(link);
    }
    return list;
  }
}
