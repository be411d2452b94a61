// node decode.mjs WEB FOLDER: decodes each Z/X/Y.mvt in FOLDER with
// @mapbox/vector-tile from WEB/node_modules, and prints {"Z/X/Y": [feature…]}.
import {readdirSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';

const [web, folder] = process.argv.slice(2).map((path) => resolve(path));
const {build} = createRequire(join(web, 'package.json'))('esbuild');
const bundle = await build({
  stdin: {contents: `export {VectorTile} from '@mapbox/vector-tile'; export {PbfReader} from 'pbf';`, resolveDir: web},
  bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'error',
});
const source = Buffer.from(bundle.outputFiles[0].contents).toString('base64');
const {VectorTile, PbfReader} = await import(`data:text/javascript;base64,${source}`);

const tiles = {};
for (const name of readdirSync(folder, {recursive: true})) {
  if (!name.endsWith('.mvt')) continue;
  const {layers} = new VectorTile(new PbfReader(readFileSync(join(folder, name))));
  tiles[name.slice(0, -4)] = Object.values(layers).flatMap((layer) =>
    Array.from({length: layer.length}, (_, i) => {
      const feature = layer.feature(i);
      return {layer: layer.name, id: feature.id, type: feature.type, properties: feature.properties,
        parts: feature.loadGeometry().map((part) => part.map(({x, y}) => [x, y]))};
    }));
}
process.stdout.write(JSON.stringify(tiles));
