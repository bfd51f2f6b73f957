import { createHash } from 'node:crypto';
import { transformSync, version } from 'esbuild';

const options = { loader: 'ts', format: 'esm', target: 'node24', sourcemap: 'inline' };

/** Jest transform: TypeScript to an ES module, types stripped and not checked (`npm run check` checks them). */
export default {
  process: (source, path) => transformSync(source, { ...options, sourcefile: path }),
  getCacheKey: (source, path) =>
    createHash('sha256')
      .update(JSON.stringify([version, options, path, source]))
      .digest('hex'),
};
