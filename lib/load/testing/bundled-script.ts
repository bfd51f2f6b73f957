/** The load script with k6's modules replaced by ours, ready to be called. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Recorded } from './k6.ts';

type LoadScript = {
  /** One turn of a virtual user without cookies; resolves to what was checked and measured. */
  turn(): Promise<Recorded>;
};

const folder = path.join(import.meta.dirname, '..');
const k6 = path.join(folder, 'testing/k6.ts');

/** `environment` is what k6 would get by `-e`. */
export const bundledScript = async (environment: Readonly<Record<string, string>>): Promise<LoadScript> => {
  const made = await mkdtemp(path.join(tmpdir(), 'cloudmart-load-'));
  try {
    const outfile = path.join(made, 'script.mjs');
    await build({
      stdin: {
        contents: `
          import buy from './purchase.k6.js';
          import { begin, recorded } from ${JSON.stringify(k6)};
          export const turn = async () => { begin(); await buy(); return recorded; };`,
        resolveDir: folder,
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      alias: { k6, 'k6/http': k6, 'k6/metrics': k6 },
      define: { __ENV: JSON.stringify(environment) },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(made, { recursive: true });
  }
};
