// Pages as people read them: without JavaScript, on a phone, with a keyboard,
// with a screen reader's rules.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AxeBuilder, collections, idle, launch, open } from "./browser.mjs";

let browser, datasets;
before(async () => {
  browser = await launch();
  datasets = await collections();
});
after(() => browser?.close());

const pathOf = (shape) => `/fr/datasets/${datasets.find((d) => d.shape === shape).id}`;
const itemPath = (shape) => {
  const { id, first } = datasets.find((d) => d.shape === shape);
  return `/fr/datasets/${id}/items/${encodeURIComponent(first.id)}`;
};
const everyPage = () => ["/fr/", "/en/", pathOf("Polygon"), pathOf("table"), itemPath("Point"), itemPath("table"), ...documents()];

/** documents gives the page of each kind of document of the API. */
const documents = () => {
  const lines = datasets.find((d) => d.shape === "LineString");
  const collection = `/api/collections/${lines.id}`;
  const table = `/api/collections/${datasets.find((d) => d.shape === "table").id}`;
  return ["/api", "/api/conformance", "/api/collections", collection, `${collection}/schema`, `${collection}/tiles/WebMercatorQuad`, "/api/styles", `${collection}/items?limit=5`,
    `${collection}/items/${encodeURIComponent(lines.first.id)}`, `${table}/items?limit=5`, `/api/openapi.html?collection=${lines.id}`];
};

test("the portal has datasets of every shape", () => {
  assert.ok(datasets.length >= 6, `only ${datasets.length} datasets`);
  for (const shape of ["Point", "LineString", "Polygon", "table"]) assert.ok(datasets.some((d) => d.shape === shape), `no ${shape}`);
});

test("without JavaScript the home page lists every dataset", async () => {
  for (const path of ["/", "/fr/", "/en/"]) {
    const { page, close } = await open(browser, path, { javaScriptEnabled: false });
    for (const { id } of datasets) {
      assert.ok(await page.locator(`.card a[href$="/datasets/${id}"]`).isVisible(), `${path} does not list ${id}`);
    }
    assert.equal(await page.locator(".card").count(), datasets.length + 1, "a card for each collection and the archive");
    assert.ok(await page.locator(".map-absent").isVisible(), "nothing says why there is no map");
    assert.ok(!(await page.locator("puy-map").isVisible()), "an empty map is shown");
    await close();
  }
});

test("a dataset without geometry opens with its table, page by page", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { page, close } = await open(browser, pathOf("table"), { javaScriptEnabled });
    assert.equal(await page.locator("puy-map, .map").count(), 0);
    assert.match(await page.locator("main h2").first().textContent(), /données/);
    const firstRow = () => page.locator("table.rows tbody tr").first().innerText();
    const before = await firstRow();
    await page.locator('.pages a[rel="next"]').click();
    assert.match(page.url(), /cursor=/);
    assert.notEqual(await firstRow(), before);
    await page.locator(".pages a").first().click();
    assert.equal(await firstRow(), before);
    await close();
  }
});

test("demonstration data say so on every page", async () => {
  const invented = datasets.find((d) => /démonstration/.test(d.title));
  assert.ok(invented, "no title names demonstration data");
  const item = `${invented.id}/items/${encodeURIComponent(invented.first.id)}`;
  for (const [path, words] of [
    ["/fr/", "Données de démonstration"],
    ["/en/", "Demonstration data"],
    [`/fr/datasets/${invented.id}`, "Données de démonstration"],
    [`/en/datasets/${item}`, "Demonstration data"],
  ]) {
    const { page, close } = await open(browser, path);
    assert.ok((await page.locator(".demo-notice").innerText()).includes(words), path);
    await close();
  }
});

test("no page scrolls sideways on a phone", async () => {
  for (const path of everyPage()) {
    const { page, close } = await open(browser, path, { viewport: { width: 360, height: 740 }, hasTouch: true });
    if (await page.locator("puy-map").count()) await idle(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${path} is ${width} px wide`);
    await close();
  }
});

test("the keyboard reaches the layer list, and hides a layer", async () => {
  const { page, close } = await open(browser, "/fr/");
  await idle(page);
  await page.evaluate(() => document.body.focus());
  let reached = false;
  for (let i = 0; i < 40 && !reached; i++) {
    await page.keyboard.press("Tab");
    reached = await page.evaluate(() => document.activeElement.matches(".layers input"));
  }
  assert.ok(reached, "forty tabs do not reach a layer");
  const id = await page.evaluate(() => document.activeElement.value);
  const drawn = () => page.evaluate((id) => document.querySelector("puy-map").map.queryRenderedFeatures().filter((f) => f.source === id).length, id);
  assert.ok((await drawn()) > 0);
  await page.keyboard.press("Space");
  await page.waitForFunction((id) => !document.querySelector("puy-map").map.queryRenderedFeatures().some((f) => f.source === id), id);
  await page.keyboard.press("Space");
  await page.waitForFunction((id) => document.querySelector("puy-map").map.queryRenderedFeatures().some((f) => f.source === id), id);
  await close();
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious (${colorScheme})`, async () => {
    // Contrast is what differs in the dark: a page of each layout is enough.
    const more = colorScheme === "light" ? documents() : documents().filter((path) => /items\?|openapi/.test(path));
    for (const path of ["/fr/", pathOf("Polygon"), pathOf("table"), itemPath("Point"), ...more]) {
      const { page, close } = await open(browser, path, { colorScheme });
      if (await page.locator("puy-map").count()) await idle(page);
      // What is folded is checked too.
      await page.evaluate(() => document.querySelectorAll("main details").forEach((details) => (details.open = true)));
      const axe = new AxeBuilder({ page });
      const some = colorScheme === "light" ? axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]) : axe.withRules(["color-contrast"]);
      const { violations, passes } = await some.analyze();
      assert.ok(passes.length > (colorScheme === "light" ? 20 : 0), `axe checked only ${passes.length} rules on ${path}`);
      const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      assert.deepEqual(grave.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`), [], path);
      await close();
    }
  });
}
