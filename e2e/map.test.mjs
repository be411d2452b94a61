// The map as people use it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clickCentre, collections, idle, launch, look, open, vertex } from "./browser.mjs";

let browser, datasets;
before(async () => {
  browser = await launch();
  datasets = await collections();
});
after(() => browser?.close());

const spatial = () => datasets.filter((d) => d.shape !== "table");
const cells = (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim()));
const ofShape = (shape) => datasets.find((d) => d.shape === shape);

test("the home map draws every spatial dataset", async () => {
  const { page, close } = await open(browser, "/fr/");
  await idle(page);
  const drawn = await page.evaluate(() => {
    const counts = {};
    for (const f of document.querySelector("puy-map").map.queryRenderedFeatures()) counts[f.source] = (counts[f.source] ?? 0) + 1;
    return counts;
  });
  for (const { id } of spatial()) assert.ok(drawn[id] > 0, `${id} is not drawn: ${JSON.stringify(drawn)}`);
  await close();
});

test("a click on a feature shows its attributes under their titles, in the page's language", async () => {
  for (const lang of ["fr", "en"]) {
    const { id, first } = ofShape("Point");
    const { page, close } = await open(browser, `/${lang}/datasets/${id}`);
    const titles = await page.locator(".dictionary tbody tr").evaluateAll((rows) =>
      Object.fromEntries(rows.map((row) => [row.querySelector("code").textContent, row.querySelector("th").firstChild.textContent.trim()])),
    );
    await idle(page);
    await look(page, vertex(first.geometry), 17);
    await clickCentre(page);
    await page.locator(".details-list details").first().waitFor();
    // Several may stand at the same place: the one that was looked up is among them.
    const listed = await page.locator(".details-list details").evaluateAll((all) =>
      all.map((one) => Object.fromEntries([...one.querySelectorAll(".metadata > div")].map((row) => [row.querySelector("dt").textContent, row.querySelector("dd").textContent]))),
    );
    const texts = Object.entries(first.properties).filter(([, value]) => typeof value === "string" && !/^\d{4}-\d\d-\d\d/.test(value));
    assert.ok(texts.length > 0);
    assert.ok(
      listed.some((shown) => texts.every(([name, value]) => shown[titles[name]] === value)),
      `${JSON.stringify(first.properties)} is not shown: ${JSON.stringify(listed)}`,
    );
    assert.match(await page.locator(".details-status").textContent(), lang === "fr" ? /objets? à cet endroit/ : /features? at this place/);
    await close();
  }
});

test("each dataset's page draws it alone, and a click tells what the feature's own page does", async () => {
  const visits = [...spatial().map((d) => ["fr", d]), ["en", ofShape("Point")]];
  for (const [lang, { id, first }] of visits) {
    const { page, close } = await open(browser, `/${lang}/datasets/${id}`);
    await idle(page);
    const drawn = await page.evaluate(() => document.querySelector("puy-map").map.queryRenderedFeatures().map((f) => f.source));
    assert.ok(drawn.includes(id), `${id} is not drawn on its page`);
    assert.ok(drawn.every((source) => source === id || source === "base"), "other datasets are drawn");
    await look(page, vertex(first.geometry), 17);
    await clickCentre(page);
    const found = page.locator(".details-list details").first();
    await found.waitFor();
    const clicked = await found.locator(".metadata > div").evaluateAll(cells);
    await found.locator(".links a").first().click();
    await page.waitForURL("**/items/**");
    const told = await page.locator("main .metadata > div").evaluateAll(cells);
    assert.deepEqual(clicked, told.filter(([, value]) => value !== "" && value !== "—"), id);
    await close();
  }
});

test("all features under a click are reachable, and each leads to its page", async () => {
  const { page, close } = await open(browser, "/fr/");
  await idle(page);
  const { id, first } = ofShape("Point");
  await look(page, vertex(first.geometry), 16);
  await clickCentre(page);
  const list = page.locator(".details-list details");
  await list.nth(1).waitFor();
  const sources = await list.locator("summary small").allTextContents();
  assert.ok(new Set(sources).size >= 2, `a point within a polygon gives only ${sources}`);
  assert.equal(await list.first().getAttribute("open"), "");
  await list.nth(1).locator("summary").click();
  assert.equal(await list.nth(1).getAttribute("open"), "");
  assert.equal(await list.first().getAttribute("open"), null);

  await list.first().locator("summary").click();
  await list.first().locator(".links a").first().click();
  await page.waitForURL(`**/fr/datasets/${id}/items/**`);
  assert.ok((await page.locator("h1").textContent()).length > 3);
  await idle(page);
  const marked = await page.evaluate(() => {
    const { map } = document.querySelector("puy-map");
    return map.queryRenderedFeatures().filter((f) => f.state.selected).length;
  });
  assert.ok(marked > 0, "the feature is not marked on its own map");
  await close();
});

test("the keyboard reads the features at the centre", async () => {
  const { page, close } = await open(browser, "/fr/");
  await idle(page);
  await look(page, vertex(ofShape("Point").first.geometry), 16);
  await page.locator("puy-map canvas").focus();
  await page.keyboard.press("Enter");
  await page.locator(".details-list details").first().waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.matches(".details")), "the focus does not follow");
  await close();
});

test("a change of colour scheme changes the map", async () => {
  const { page, close } = await open(browser, "/fr/", { colorScheme: "light" });
  await idle(page);
  const ground = () => page.evaluate(() => document.querySelector("puy-map").map.getPaintProperty("background", "background-color"));
  const light = await ground();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction((light) => document.querySelector("puy-map").map.getPaintProperty("background", "background-color") !== light, light);
  await close();
});

test("without WebGL a sentence stands in for the map, and the list remains", async () => {
  const poor = await launch("--disable-3d-apis");
  try {
    const { page, close } = await open(poor, "/fr/");
    await page.locator("puy-map[data-state=failed]").waitFor({ state: "attached" });
    assert.ok(await page.locator(".map-absent").isVisible());
    assert.ok(!(await page.locator("puy-map").isVisible()));
    assert.equal(await page.locator(".card:visible").count(), datasets.length + 1);
    await close();
  } finally {
    await poor.close();
  }
});
