// node compare.mjs WEB FOLDER: decodes each NAME.mvt in FOLDER with
// @mapbox/vector-tile and NAME.mlt with @maplibre/mlt, both from WEB/node_modules,
// and prints what was compared and what differs as JSON.
import {readdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';

const [web, folder] = process.argv.slice(2).map((path) => resolve(path));

// @maplibre/mlt is written for bundlers: its imports have no file extensions.
const {build} = createRequire(join(web, 'package.json'))('esbuild');
const bundle = await build({
  stdin: {
    contents: `export {decodeTile} from '@maplibre/mlt'; export {VectorTile} from '@mapbox/vector-tile'; export {PbfReader} from 'pbf';`,
    resolveDir: web,
  },
  bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'error',
});
const source = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const {decodeTile, VectorTile, PbfReader} = await import(`data:text/javascript;base64,${source}`);

const kinds = [1, 2, 3, 1, 2, 3]; // of MVT for the geometry types of MLT
const differences = [];
const counts = {tiles: 0, layers: 0, features: 0, vertices: 0, values: 0};

function differ(...words) {
  if (differences.length < 50) differences.push(words.map(String).join(' '));
}

/** The keys of a layer whose values are of several types, which MLT holds as text. */
function mixedKeys(features) {
  const types = new Map();
  for (const {properties} of features) {
    for (const [key, value] of Object.entries(properties)) {
      types.set(key, (types.get(key) ?? new Set()).add(typeof value));
    }
  }
  return new Set([...types].filter(([, set]) => set.size > 1).map(([key]) => key));
}

/** The keys with an integer that JavaScript does not hold exactly: BigInt in MLT. */
function largeKeys(features) {
  return new Set(features.flatMap(({properties}) =>
    Object.keys(properties).filter((key) => Number.isInteger(properties[key]) && !Number.isSafeInteger(properties[key]))));
}

function compareFeature(where, want, got, mixed, large) {
  counts.features++;
  const id = got.id === undefined ? undefined : Number(got.id);
  if (!Object.is(want.id, id)) differ(where, 'id', want.id, id);
  if (want.type !== kinds[got.geometry.type]) differ(where, 'type', want.type, got.geometry.type);
  const [a, b] = [want.loadGeometry(), got.geometry.coordinates].map((parts) =>
    JSON.stringify(parts.map((part) => part.map(({x, y}) => [x, y]))));
  counts.vertices += a.split('],[').length;
  if (a !== b) differ(where, 'geometry', a.slice(0, 200), b.slice(0, 200));
  const keys = new Set([...Object.keys(want.properties), ...Object.keys(got.properties)]);
  for (const key of keys) {
    let [expected, value] = [want.properties[key], got.properties[key]];
    counts.values++;
    if (expected === undefined && Object.hasOwn(got.properties, key)) differ(where, key, 'must be absent, is', value);
    if (mixed.has(key) && expected !== undefined) expected = String(expected);
    if (typeof value === 'bigint') {
      if (!large.has(key)) differ(where, key, expected, 'is a BigInt');
      value = Number(value);
    }
    if (!Object.is(expected, value)) differ(where, key, typeof expected, expected, typeof value, value);
  }
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.mvt'))) {
  const name = file.slice(0, -4);
  const mvt = new VectorTile(new PbfReader(readFileSync(join(folder, file))));
  const mlt = decodeTile(readFileSync(join(folder, `${name}.mlt`)));
  counts.tiles++;
  const names = [Object.keys(mvt.layers), mlt.map((layer) => layer.name)].map((list) => list.join());
  if (names[0] !== names[1]) differ(name, 'layers', ...names);
  for (const table of mlt) {
    const layer = mvt.layers[table.name];
    if (!layer) continue;
    counts.layers++;
    if (layer.extent !== table.extent) differ(name, table.name, 'extent', layer.extent, table.extent);
    const want = Array.from({length: layer.length}, (_, i) => layer.feature(i));
    const got = table.getFeatures();
    if (want.length !== got.length) differ(name, table.name, 'features', want.length, got.length);
    const [mixed, large] = [mixedKeys(want), largeKeys(want)];
    for (let i = 0; i < Math.min(want.length, got.length); i++) {
      compareFeature(`${name} ${table.name} ${i}`, want[i], got[i], mixed, large);
    }
  }
}
console.log(JSON.stringify({...counts, differences}));
