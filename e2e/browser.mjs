// What the browser tests share: one Chromium, pages that note what goes wrong
// in them, and what the API says of the portal under test.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

// The browser tools are installed with the portal's own, in web/node_modules.
const require = createRequire(new URL("../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
export const { AxeBuilder } = require("@axe-core/playwright");

export const base = process.env.PUY_URL;
assert.ok(base, "PUY_URL names the portal under test");

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--no-first-run",
];

/** The dataset that is an archive of tiles, of the layers named here. It is no collection. */
export const archive = { id: "archive", layers: ["communes", "points-hauts"], maxzoom: 11 };

/** launch starts Chromium, with further flags. */
export function launch(...more) {
  return chromium.launch({ executablePath: process.env.PUY_TEST_CHROMIUM || "/usr/bin/chromium", args: [...flags, ...more] });
}

/**
 * open gives a page of the portal and a check that nothing went wrong in it: no
 * error on the console, no exception, no failed answer, no request to another host.
 */
export async function open(browser, path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", locale: "fr-FR", ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => wrong.push(`exception: ${error.message}`));
  page.on("response", (response) => response.status() >= 400 && wrong.push(`${response.status()} ${response.url()}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== new URL(base).origin) wrong.push(`foreign request: ${url}`);
  });
  await page.goto(base + path);
  return {
    page,
    async close() {
      const failed = await page.evaluate(() => document.querySelector("puy-map")?.dataset.error).catch(() => undefined);
      if (failed) wrong.push(`map: ${failed}`);
      await context.close();
      assert.deepEqual(wrong, [], path);
    },
  };
}

/** idle waits until the page's map has drawn everything. */
export async function idle(page) {
  await page.locator("puy-map").scrollIntoViewIfNeeded();
  await page.waitForFunction(() => {
    const host = document.querySelector("puy-map");
    return host.dataset.state === "idle" && host.map.loaded();
  }, null, { timeout: 30_000 });
}

/** look moves the page's map at once. */
export async function look(page, center, zoom) {
  await page.evaluate(([center, zoom]) => {
    const host = document.querySelector("puy-map");
    host.dataset.state = "ready";
    host.map.jumpTo({ center, zoom });
  }, [center, zoom]);
  await idle(page);
}

/** clickCentre clicks the middle of the page's map. */
export async function clickCentre(page) {
  const canvas = page.locator("puy-map canvas");
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

/**
 * collections gives all datasets as the API tells them, each with its first
 * feature; spatial ones have a geometry there.
 */
export async function collections() {
  const get = async (path) => {
    const response = await fetch(base + path, { headers: { Accept: "application/json", "Accept-Language": "fr" } });
    assert.equal(response.status, 200, path);
    return response.json();
  };
  const { collections } = await get("/api/collections");
  return Promise.all(
    collections.map(async ({ id, title }) => {
      const { features } = await get(`/api/collections/${id}/items?limit=1`);
      assert.ok(features.length > 0, `${id} has no feature`);
      return { id, title, first: features[0], shape: features[0].geometry?.type.replace("Multi", "") ?? "table" };
    }),
  );
}

/** vertex gives the first position of a geometry, which lies on it. */
export function vertex(geometry) {
  return geometry.coordinates.flat(Infinity).slice(0, 2);
}
