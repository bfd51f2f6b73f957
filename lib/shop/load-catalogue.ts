/** Puts the demo catalogue into the shop through the staff's bulk door. */

import type { z } from 'zod';
import type { importProductsAnswer } from '../../services/contracts/http/catalogue/product-api.ts';
import type { CatalogueItem, CatalogueNote, DemoCatalogue } from './demo-catalogue.ts';

// The door takes 500 items, and every door 64 KiB a body; some room is left for the frame.
const MOST_ITEMS = 500;
const MOST_BYTES = 60_000;

export type CatalogueLoad = {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  /** What was wrong in the file and what was done, plus what the shop refused. */
  readonly findings: readonly CatalogueNote[];
};

const LONGEST_EXAMPLE = 66;

const linesOfFinding = ({ action, count, reason, examples: [example = ''] }: CatalogueNote): string[] => [
  `${String(count).padStart(6)} ${action}: ${reason}`,
  `       such as ${example.length > LONGEST_EXAMPLE ? `${example.slice(0, LONGEST_EXAMPLE - 1)}…` : example}`,
];

/** What became of the films, as lines of at most 80 columns. */
export const catalogueLines = ({ rows, created, updated, findings }: CatalogueLoad): string[] => [
  `Catalogue: ${rows} films read, ${created} added, ${updated} updated`,
  ...findings.flatMap(linesOfFinding),
];

/** Cuts the items into bodies that the door takes. */
export const batchesOf = (
  items: readonly CatalogueItem[],
  mostItems = MOST_ITEMS,
  mostBytes = MOST_BYTES,
): CatalogueItem[][] => {
  const batches: CatalogueItem[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const current = batches.at(-1);
    if (current === undefined || current.length >= mostItems || bytes + size > mostBytes) {
      batches.push([item]);
      bytes = size;
    } else {
      current.push(item);
      bytes += size;
    }
  }
  return batches;
};

/**
 * Loads all items, each batch through `send`, the staff's bulk door; `progress` gets the number of items that are through. Throws when the door fails as a whole; single
 * refusals are findings.
 */
export const loadCatalogue = async (
  send: (items: CatalogueItem[]) => Promise<z.output<typeof importProductsAnswer>>,
  catalogue: DemoCatalogue,
  progress: (done: number, of: number) => void,
): Promise<CatalogueLoad> => {
  let created = 0;
  let updated = 0;
  let done = 0;
  const refused = new Map<string, { count: number; examples: string[] }>();
  for (const items of batchesOf(catalogue.items)) {
    const answer = await send(items);
    created += answer.created;
    updated += answer.updated;
    for (const { index, code, message } of answer.refused) {
      const finding = refused.get(code) ?? { count: 0, examples: [] };
      finding.count += 1;
      if (finding.examples.length < 3) finding.examples.push(`${items[index]?.title}: ${message}`);
      refused.set(code, finding);
    }
    done += items.length;
    progress(done, catalogue.items.length);
  }
  const refusals: CatalogueNote[] = [...refused].map(([code, finding]) => ({
    action: 'skipped',
    reason: `refused by the shop: ${code}`,
    ...finding,
  }));
  return { rows: catalogue.rows, created, updated, findings: [...catalogue.findings, ...refusals] };
};
