/** What is really inside a bundle, by package and by folder of the services, as esbuild counts it. */
import type { Metafile } from 'esbuild';

export type BundlePart = {
  /** `node_modules/pg`, or `services/order`; from the root of the checkout. */
  readonly folder: string;
  /** Bytes of it in the output. */
  readonly bytes: number;
};

/** `node_modules/a/node_modules/@b/c/d.js` -> `node_modules/a/node_modules/@b/c`; `services/order/app.ts` -> `services/order`. */
const folderOf = (input: string): string =>
  /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? input.split('/').slice(0, 2).join('/');

/** Every input of which something is left in the output, with its bytes there. */
export const includedInputs = ({ outputs }: Metafile): ReadonlyMap<string, number> => {
  const included = new Map<string, number>();
  for (const { inputs } of Object.values(outputs))
    for (const [input, { bytesInOutput }] of Object.entries(inputs))
      if (bytesInOutput > 0) included.set(input, (included.get(input) ?? 0) + bytesInOutput);
  return included;
};

/** Parts of a bundle, the largest first. */
export const partsOf = (metafile: Metafile): BundlePart[] => {
  const parts = new Map<string, number>();
  for (const [input, bytes] of includedInputs(metafile))
    parts.set(folderOf(input), (parts.get(folderOf(input)) ?? 0) + bytes);
  return [...parts]
    .map(([folder, bytes]) => ({ folder, bytes }))
    .sort((one, other) => other.bytes - one.bytes || (one.folder < other.folder ? -1 : 1));
};
