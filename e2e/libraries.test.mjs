// Libraries that read the API as applications do: ogc-client in Node.js, and the
// vector tiles of OpenLayers in the browser.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { base, collections, launch, open } from "./browser.mjs";

const require = createRequire(new URL("../web/package.json", import.meta.url));

let browser, datasets;
before(async () => {
  browser = await launch();
  datasets = await collections();
});
after(() => browser?.close());

const of = (shape) => datasets.find((d) => d.shape === shape);

test("ogc-client finds datasets, features, tiles and styles", async () => {
  const { OgcApiEndpoint } = require("@camptocamp/ogc-client");
  const endpoint = new OgcApiEndpoint(`${base}/api`);
  for (const has of ["hasFeatures", "hasTiles", "hasStyles", "hasRecords"]) assert.equal(await endpoint[has], has !== "hasRecords", has);
  const { title } = await endpoint.info;
  assert.equal(title, (await (await fetch(`${base}/api`)).json()).title);
  assert.deepEqual((await endpoint.featureCollections).sort(), datasets.map((d) => d.id).sort());
  const drawn = datasets.filter((d) => d.shape !== "table").map((d) => d.id);
  assert.deepEqual((await endpoint.vectorTileCollections).sort(), drawn.sort());
  assert.ok((await endpoint.tileMatrixSets).includes("WebMercatorQuad"));

  const { id } = of("Point");
  const info = await endpoint.getCollectionInfo(id);
  assert.equal(info.id, id);
  assert.ok(info.itemFormats.includes("application/geo+json") && info.bulkDownloadLinks && info.crs.length > 1);
  const items = await endpoint.getCollectionItems(id, 5, 2);
  const direct = await (await fetch(`${base}/api/collections/${id}/items?limit=5&offset=2`)).json();
  assert.deepEqual(items.map((f) => f.id), direct.features.map((f) => f.id));
  const item = await endpoint.getCollectionItem(id, items[0].id);
  assert.deepEqual(item.properties, items[0].properties);
  const page = await fetch(await endpoint.getCollectionItemsUrl(id, { limit: 3, extent: [2.9, 45.6, 3.2, 45.9], outputFormat: "application/geo+json", outputCrs: info.crs.find((uri) => uri.endsWith("/3857")) }));
  assert.equal(page.status, 200, page.url);
  assert.match(page.headers.get("Content-Crs"), /3857/);

  const tiles = await fetch((await endpoint.getVectorTilesetUrl(id)).replace("{tileMatrix}/{tileRow}/{tileCol}", "0/0/0"));
  assert.equal(tiles.status, 200, tiles.url);
  const styles = await endpoint.allStyles(id);
  assert.deepEqual(styles.map((s) => s.id), [id]);
  const address = await endpoint.getStylesheetUrl(id, "application/vnd.mapbox.style+json");
  assert.equal((await (await fetch(address)).json()).version, 8);
});

test("OpenLayers draws an OGC tileset", async () => {
  const { id } = of("Polygon");
  const { outputFiles } = await require("esbuild").build({
    stdin: {
      contents: `
        import Map from "ol/Map.js"; import View from "ol/View.js"; import Layer from "ol/layer/VectorTile.js";
        import Source from "ol/source/OGCVectorTile.js"; import MVT from "ol/format/MVT.js"; import Style from "ol/style/Style.js"; import Fill from "ol/style/Fill.js";
        import { transformExtent } from "ol/proj.js";
        window.draw = (url, projection, box) => new Promise((resolve, reject) => {
          const target = document.createElement("div");
          target.style = "position:fixed;inset:0;width:512px;height:512px;background:white;z-index:9999";
          document.body.append(target);
          const source = new Source({ url, projection, format: new MVT() });
          setTimeout(() => reject(new Error("nothing is drawn after 15 s, the source is " + source.getState())), 15_000);
          source.on("tileloaderror", () => reject(new Error("a tile failed")));
          source.on("change", () => { if (source.getState() === "error") reject(new Error("the tileset failed")); });
          const map = new Map({ target, controls: [], layers: [new Layer({ source, style: new Style({ fill: new Fill({ color: "#ff0000" }) }) })], view: new View({ projection }) });
          map.getView().fit(transformExtent(box, "EPSG:4326", projection));
          map.on("rendercomplete", () => {
            if (source.getState() !== "ready") return;
            let red = 0;
            for (const canvas of target.querySelectorAll("canvas")) {
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              for (let i = 0; i < data.length; i += 4) red += data[i] > 200 && data[i + 1] < 50 && data[i + 3] > 200;
            }
            if (red > 0) resolve(red); // else what was drawn before the tileset came
          });
        });`,
      resolveDir: new URL("../web", import.meta.url).pathname,
    },
    bundle: true, write: false, format: "iife",
  });
  const { extent } = await (await fetch(`${base}/api/collections/${id}`)).json();
  const { page, close } = await open(browser, "/fr/", { bypassCSP: true });
  await page.addScriptTag({ content: outputFiles[0].text });
  for (const [set, projection] of [["WebMercatorQuad", "EPSG:3857"], ["WorldCRS84Quad", "EPSG:4326"]]) {
    const red = await page.evaluate((args) => window.draw(...args), [`${base}/api/collections/${id}/tiles/${set}?f=json`, projection, extent.spatial.bbox[0]]);
    assert.ok(red > 20_000, `${set}: ${red} pixels are drawn`);
  }
  await close();
});
