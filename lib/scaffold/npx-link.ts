/** What npx remembers of a checkout's own commands. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/** npm's cache; npm tells programs that it runs where it is. */
const npmCache = () => process.env['npm_config_cache'] ?? path.join(homedir(), '.npm');

/**
 * Makes npx link the checkout's commands again. It links them once per folder and never looks whether their names have changed,
 * so after a renaming it would find no command of the new name.
 */
export const forgetNpxLink = async (root: string, cache = npmCache()): Promise<void> => {
  const links = path.join(cache, '_npx');
  for (const entry of await readdir(links).catch(() => [])) {
    const manifest = await readFile(path.join(links, entry, 'package.json'), 'utf8').catch(() => '{}');
    const { _npx: made } = JSON.parse(manifest) as { _npx?: { packages?: readonly string[] } };
    if (made?.packages?.length === 1 && path.resolve(made.packages[0] ?? '') === path.resolve(root))
      await rm(path.join(links, entry), { recursive: true, force: true });
  }
};
