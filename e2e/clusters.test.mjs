// Points that the server draws as one.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { collections, idle, launch, look, open } from "./browser.mjs";

let browser, id, total;
before(async () => {
  browser = await launch();
  const { page, close } = await open(browser, "/fr/");
  await idle(page);
  id = await page.evaluate(() => document.querySelector("puy-map").map.getStyle().layers.find((l) => l.id.endsWith("/cluster"))?.source);
  await close();
  assert.ok((await collections()).some((d) => d.id === id), "no dataset of the demonstration is clustered");
  const items = await fetch(`${process.env.PUY_URL}/api/collections/${id}/items?limit=1&f=json`);
  total = (await items.json()).numberMatched;
});
after(() => browser?.close());

/** drawn gives the points and clusters of the dataset that the map shows, each once. */
const drawn = (page) =>
  page.evaluate((id) => {
    const { map } = document.querySelector("puy-map");
    const found = new Map();
    for (const f of map.queryRenderedFeatures({ layers: [`${id}/point`, `${id}/cluster`] })) {
      const { x, y } = map.project(f.geometry.coordinates);
      found.set(f.id, { id: f.id, x, y, count: f.properties.cluster ? f.properties.point_count : 1, zoom: f.properties.expansion_zoom });
    }
    return { zoom: map.getZoom(), all: [...found.values()], labels: map.queryRenderedFeatures({ layers: [`${id}/count`] }).length };
  }, id);

test("clusters count every point, do not overlap, and open on a click", async () => {
  for (const [lang, words] of [["fr", /^Groupe de \d+ objets/], ["en", /^Cluster of \d+ features/]]) {
    const { page, close } = await open(browser, `/${lang}/datasets/${id}`);
    await idle(page);
    const center = await page.evaluate(() => document.querySelector("puy-map").map.getCenter().toArray());
    await look(page, center, 9);
    const far = await drawn(page);
    const clusters = far.all.filter(({ count }) => count > 1);
    assert.equal(far.all.reduce((sum, { count }) => sum + count, 0), total);
    assert.ok(clusters.length > 1 && far.labels === clusters.length, `${clusters.length} clusters, ${far.labels} counts`);
    for (const a of far.all) for (const b of far.all) assert.ok(a === b || Math.hypot(a.x - b.x, a.y - b.y) > 49, `${a.id} and ${b.id} overlap`);

    const largest = clusters.reduce((a, b) => (b.count > a.count ? b : a));
    const canvas = page.locator("puy-map canvas");
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    await page.mouse.click(box.x + largest.x, box.y + largest.y);
    await page.waitForFunction((zoom) => document.querySelector("puy-map").map.getZoom() === zoom, largest.zoom);
    await idle(page);
    assert.match(await page.locator(".details-status").textContent(), words);
    const near = await drawn(page);
    assert.ok(near.all.length > 1 && !near.all.some((f) => f.id === largest.id), "the cluster has not fallen apart");

    await look(page, center, 16);
    assert.ok((await drawn(page)).all.every(({ count }) => count === 1), "clusters remain at the deepest zoom");
    await close();
  }
});
