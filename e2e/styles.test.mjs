// The styles of the API, for MapLibre elsewhere: valid, and of what is in the tiles.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { archive, base, collections, idle, launch, open } from "./browser.mjs";

const { validateStyleMin } = createRequire(new URL("../web/node_modules/maplibre-gl/package.json", import.meta.url))("@maplibre/maplibre-gl-style-spec");

let browser, datasets, styles;
before(async () => {
  browser = await launch();
  datasets = await collections();
  ({ styles } = await (await fetch(`${base}/api/styles`)).json());
});
after(() => browser?.close());

test("there is a style of everything, and one a dataset that a map can show, all valid", async () => {
  const ids = datasets.filter((d) => d.shape !== "table").map((d) => d.id);
  assert.deepEqual(styles.map((s) => s.id).sort(), [...ids, archive.id, "all_datasets"].sort());
  for (const { id, links } of styles) {
    const { href } = links.find((l) => l.rel === "stylesheet");
    const style = await (await fetch(href)).json();
    assert.deepEqual(validateStyleMin(style).map((e) => e.message), [], id);
  }
});

test("MapLibre draws every dataset with its style", async () => {
  const { page, close } = await open(browser, `/fr/datasets/${datasets.find((d) => d.shape === "Polygon").id}`);
  await idle(page);
  for (const { id, links } of styles) {
    const drawn = await page.evaluate(async (url) => {
      const { map } = document.querySelector("puy-map");
      const { center, zoom } = await (await fetch(url)).json();
      map.setStyle(url, { diff: false });
      map.jumpTo({ center, zoom });
      await new Promise((done) => map.once("idle", done));
      return [...new Set(map.queryRenderedFeatures().map((f) => f.sourceLayer))];
    }, links.find((l) => l.rel === "stylesheet").href);
    const wanted = { [archive.id]: archive.layers, all_datasets: datasets.filter((d) => d.shape !== "table").map((d) => d.id) }[id] ?? [id];
    assert.deepEqual(drawn.sort(), wanted.sort(), id);
  }
  await close();
});
