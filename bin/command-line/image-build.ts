import path from 'node:path';
import { root } from '../../lib/checkout.ts';
import { imageEngine } from '../../lib/release/image/image-engine.ts';
import { revisionOf } from '../../lib/release/image/image-revision.ts';
import type { ImageFlags } from './image-options.ts';
import { say } from './print.ts';

/** From what, where and with what images are built; progress goes to stderr, and `stop` ends the engine. */
export const imageBuild = async ({ base, out }: ImageFlags, stop: AbortSignal) => ({
  root,
  into: path.resolve(out),
  base,
  revision: await revisionOf(root),
  engine: imageEngine(process.env['CLOUDMART_ENGINE'] ?? 'docker', stop),
  progress: say,
});
