// Bundles the islands into dist/, compresses them, and writes dist/manifest.json,
// from which the Go side learns the hashed names.
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const dist = new URL("dist/", import.meta.url).pathname;
const library = new URL("node_modules/maplibre-gl/dist/", import.meta.url).pathname;

const common = {
  outdir: dist,
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: "es2022",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  legalComments: "linked",
  logLevel: "warning",
};

await mkdir(dist, { recursive: true });
for (const name of await readdir(dist)) {
  if (name !== ".gitkeep") await rm(join(dist, name), { recursive: true });
}

// The worker and the style sheet come first: the map island loads them by their hashed names.
const parts = await build({
  ...common,
  entryPoints: { "map-worker": library + "maplibre-gl-worker.mjs", maplibre: library + "maplibre-gl.css" },
});
const worker = outputOf(parts, "maplibre-gl-worker.mjs");
const style = outputOf(parts, "maplibre-gl.css");

const islands = await build({
  ...common,
  entryPoints: { portal: new URL("src/portal.ts", import.meta.url).pathname },
  splitting: true,
  define: { WORKER_FILE: JSON.stringify(worker), STYLE_FILE: JSON.stringify(style) },
});
await writeFile(join(dist, "manifest.json"), JSON.stringify({ "portal.js": outputOf(islands, "src/portal.ts") }) + "\n");

for (const name of await readdir(dist)) {
  if (!/\.(js|css)$/.test(name)) continue;
  const bytes = await readFile(join(dist, name));
  await writeFile(join(dist, name + ".gz"), await promisify(gzip)(bytes, { level: 9 }));
  await writeFile(join(dist, name + ".br"), await promisify(brotliCompress)(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  }));
}

/** outputOf gives the file name in dist that the entry point ending in source became. */
function outputOf(result, source) {
  const found = Object.entries(result.metafile.outputs).find(([, o]) => o.entryPoint?.endsWith(source));
  if (!found) throw new Error(`esbuild made nothing of ${source}`);
  return basename(found[0]);
}
