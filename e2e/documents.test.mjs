// The pages of the API's documents, and the console that builds queries.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { base, clickCentre, collections, idle, launch, look, open, vertex } from "./browser.mjs";

let browser, datasets;
before(async () => {
  browser = await launch();
  datasets = await collections();
});
after(() => browser?.close());

const of = (shape) => datasets.find((d) => d.shape === shape);

test("a browser gets pages all the way to a feature, a program JSON", async () => {
  const { id, first } = of("Point");
  const { page, close } = await open(browser, "/api", { javaScriptEnabled: false });
  await page.locator(`main a[href*="/api/collections/${id}?"]`).click();
  await page.locator(`main a[href$="/api/collections/${id}/items"]`).click();
  await page.locator("table.rows tbody a").first().click();
  assert.equal(new URL(page.url()).pathname, `/api/collections/${id}/items/${encodeURIComponent(first.id)}`);
  await page.locator("header a[hreflang=en]").click();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await close();
  const response = await fetch(`${base}/api`, { headers: { Accept: "*/*" } });
  assert.match(response.headers.get("Content-Type"), /^application\/json/);
});

test("features are shown page by page, forwards and back, filtered by the form", async () => {
  const { id } = of("table");
  const { page, close } = await open(browser, `/api/collections/${id}/items?f=html&lang=fr&limit=7`, { javaScriptEnabled: false });
  const rows = () => page.locator("table.rows tbody th").allInnerTexts();
  const start = await rows();
  assert.equal(start.length, 7);
  await page.locator('.pages a[rel="next"]').click();
  assert.ok(!(await rows()).some((key) => start.includes(key)));
  await page.locator('.pages a[rel="prev"]').click();
  assert.deepEqual(await rows(), start);
  await page.locator(".search > summary").click();
  await page.locator("#input-limit").fill("3");
  await page.locator("form.query button").click();
  assert.deepEqual(await rows(), start.slice(0, 3));
  await close();
});

test("the map of a page shows that page's features", async () => {
  const { id } = of("Point");
  const { features } = await (await fetch(`${base}/api/collections/${id}/items?limit=5`, { headers: { Accept: "application/geo+json" } })).json();
  const { page, close } = await open(browser, `/api/collections/${id}/items?f=html&lang=fr&limit=5`);
  await idle(page);
  const drawn = await page.evaluate((id) => [...new Set(document.querySelector("puy-map").map.querySourceFeatures(id).map((f) => f.id))].length, id);
  assert.equal(drawn, 5);
  await look(page, vertex(features[2].geometry), 17);
  await clickCentre(page);
  const link = page.locator(".details-list details[open] .links a").first();
  assert.equal(new URL(await link.evaluate((a) => a.href)).pathname, `/fr/datasets/${id}/items/${encodeURIComponent(features[2].id)}`);
  await close();
});

test("the console builds a query by the keyboard, shows its address, and runs it", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { id } = of("LineString");
    const { page, close } = await open(browser, "/api/openapi.html?lang=fr", { javaScriptEnabled });
    await page.locator("#collection").selectOption(id);
    await page.locator(".choice button").press("Enter");
    await page.waitForURL(/collection=/);
    await page.locator("#input-limit").fill("4");
    await page.locator("#input-bbox").fill("2,45,4,46");
    await page.locator("#input-f").selectOption("geojson");
    await page.locator("#input-bbox").press("Enter");
    await page.waitForURL(/q\.limit=4/);
    const address = await page.locator("#built .address").innerText();
    const url = new URL(address);
    assert.equal(url.pathname, `/api/collections/${id}/items`);
    assert.deepEqual(Object.fromEntries(url.searchParams), { limit: "4", bbox: "2,45,4,46", f: "geojson" });
    assert.equal(await page.locator("#built a.button").first().getAttribute("href"), address);
    assert.equal(await page.locator("#input-limit").inputValue(), "4");
    const { features } = await (await fetch(address)).json();
    assert.equal(features.length, 4);
    await page.locator("#built a.button").nth(1).click();
    assert.equal(await page.locator("table.rows tbody tr").count(), 4);
    await close();
  }
});

test("the documentation opens each operation without JavaScript", async () => {
  const { page, close } = await open(browser, "/api/openapi.html?lang=en", { javaScriptEnabled: false });
  const operations = page.locator("details.operation");
  assert.ok((await operations.count()) >= 10);
  const items = page.locator("details.operation[id^=getItems]");
  await items.locator("summary").first().click();
  for (const name of ["limit", "bbox", "datetime", "filter"]) {
    assert.ok(await items.getByRole("rowheader", { name, exact: true }).isVisible(), name);
  }
  await close();
});
