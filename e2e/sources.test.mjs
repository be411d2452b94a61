// Tiles that are not cut as Mapbox Vector Tiles for the page: archives, and MapLibre tiles.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { archive, base, collections, idle, launch, look, open, vertex } from "./browser.mjs";

let browser, datasets;
before(async () => {
  browser = await launch();
  datasets = await collections();
});
after(() => browser?.close());

/** ofSource gives the features that MapLibre has of a source's layer, sorted, each as one text. */
const ofSource = (page, source, layer) =>
  page.evaluate(([source, sourceLayer]) => {
    const { map } = document.querySelector("puy-map");
    return map
      .querySourceFeatures(source, { sourceLayer })
      .map((f) => JSON.stringify([f.id, Object.entries(f.properties).sort(), f.geometry]))
      .sort();
  }, [source, layer]);

test("an archive has a page with its map, and a card, and no features in the API", async () => {
  const { page, close } = await open(browser, `/fr/datasets/${archive.id}`);
  await idle(page);
  const drawn = await page.evaluate(() => {
    const counts = {};
    for (const f of document.querySelector("puy-map").map.queryRenderedFeatures()) counts[`${f.source} ${f.sourceLayer}`] = (counts[`${f.source} ${f.sourceLayer}`] ?? 0) + 1;
    return counts;
  });
  for (const layer of archive.layers) assert.ok(drawn[`${archive.id} ${layer}`] > 0, `${layer} is not drawn: ${JSON.stringify(drawn)}`);
  assert.ok(!datasets.some(({ id }) => id === archive.id));
  await close();
  const home = await open(browser, "/en/");
  assert.ok(await home.page.locator(`.card a[href$="/tiles/${archive.id}.json"]`).isVisible());
  await home.close();
});

test("MapLibre sees the same features in the tiles of an archive and in those that are cut", async () => {
  const { page, close } = await open(browser, `/fr/datasets/${archive.id}`);
  await idle(page);
  await page.evaluate(([layers, maxzoom]) => {
    const host = document.querySelector("puy-map");
    host.map.addSource("cut", { type: "vector", tiles: [`${location.origin}/tiles/${layers.join(",")}/{z}/{x}/{y}.mvt`], maxzoom });
    for (const layer of layers) host.map.addLayer({ id: `cut ${layer}`, type: "circle", source: "cut", "source-layer": layer });
  }, [archive.layers, archive.maxzoom]);
  await look(page, vertex(datasets.find((d) => d.id === "points-hauts").first.geometry), 10);
  for (const layer of archive.layers) {
    const stored = await ofSource(page, archive.id, layer);
    assert.ok(stored.length > 0, layer);
    assert.deepEqual(stored, await ofSource(page, "cut", layer), layer);
  }
  await close();
});

test("MapLibre sees the same features in MapLibre tiles and in vector tiles", async () => {
  const spatial = datasets.filter((d) => d.shape !== "table");
  const ids = spatial.map((d) => d.id);
  const { page, close } = await open(browser, `/fr/datasets/${ids[0]}`);
  await idle(page);
  await page.evaluate((ids) => {
    const { map } = document.querySelector("puy-map");
    for (const encoding of ["mvt", "mlt"]) {
      map.addSource(encoding, { type: "vector", encoding, tiles: [`${location.origin}/tiles/${ids.join(",")}/{z}/{x}/{y}.${encoding}`], maxzoom: 14 });
      for (const id of ids) map.addLayer({ id: `${encoding} ${id}`, type: "circle", source: encoding, "source-layer": id });
    }
  }, ids);
  const seen = Object.fromEntries(ids.map((id) => [id, 0]));
  for (const [at, zoom] of [[vertex(spatial[0].first.geometry), 9], ...spatial.map((d) => [vertex(d.first.geometry), 14])]) {
    await look(page, at, zoom);
    for (const id of ids) {
      const [mvt, mlt] = [await ofSource(page, "mvt", id), await ofSource(page, "mlt", id)];
      assert.deepEqual(mlt, mvt, `${id} at zoom ${zoom}`);
      seen[id] += mlt.length;
    }
    const drawn = (encoding) => page.evaluate(([encoding, ids]) => {
      const { map } = document.querySelector("puy-map");
      const layers = ids.map((id) => `${encoding} ${id}`);
      return map.queryRenderedFeatures({ layers }).map((f) => `${f.sourceLayer} ${f.id} ${JSON.stringify(Object.entries(f.properties).sort())}`).sort();
    }, [encoding, ids]);
    assert.deepEqual(await drawn("mlt"), await drawn("mvt"), `drawn at zoom ${zoom}`);
  }
  for (const id of ids) assert.ok(seen[id] > 0, `nothing of ${id} was compared`);
  await close();
});

test("TileJSON of an archive names tiles that are there", async () => {
  const about = await (await fetch(`${base}/tiles/${archive.id}.json`)).json();
  assert.deepEqual(about.vector_layers.map((l) => l.id), archive.layers);
  const [lon, lat, z] = about.center;
  const n = 2 ** z;
  const x = Math.floor(((lon + 180) / 360) * n);
  const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * n);
  const response = await fetch(about.tiles[0].replace("{z}", z).replace("{x}", x).replace("{y}", y));
  assert.equal(response.status, 200);
  assert.ok((await response.arrayBuffer()).byteLength > 100);
});
