import { root } from '../../../lib/checkout.ts';
import { refreshPages } from '../../../lib/pages/pages.ts';
import { print } from '../../command-line/print.ts';
import type { PagesFlags } from '../pages.ts';

/** Writes what is stale, or only says it. */
export const runPages = async ({ check, json }: PagesFlags): Promise<void> => {
  const stale = await refreshPages(root, { write: !check });
  print(json, { stale, written: !check }, () =>
    stale.length === 0
      ? ['every page says what the code says']
      : stale.map((file) => (check ? `${file} is stale; run "npx cloudmart pages"` : `${file} written`)),
  );
  if (check && stale.length > 0) process.exitCode = 1;
};
