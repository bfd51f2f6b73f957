/** Gives a fork its own name: in texts, identifiers, file names and the physical names of everything deployed. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { outputOf } from '../run-program.ts';

/** What keeps the old name: the licence is its authors', and the names of packages are not ours. */
const isKept = (file: string) => file === 'LICENSE';

/** The name that README.md and the help give as an example; it stands there for no other reason. */
const exampleName = 'teashop';

/** Longer names would pass the limits that AWS sets to names made of product, environment and part; ElastiCache's 40 is the least. */
const nameShape = /^[a-z][a-z0-9]{2,11}$/;

export type Renamed = { readonly from: string; readonly to: string; readonly files: number };

const filesOf = async (root: string): Promise<string[]> =>
  (await outputOf('git', ['ls-files', '-z'], { cwd: root })).split('\0').filter((file) => file !== '');

const titleOf = (name: string) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/** Replaces a name in every spelling; `cloudmart`, `CLOUDMART` and `CloudMart` become `teashop`, `TEASHOP` and `Teashop`. */
export const withName = (text: string, from: string, to: string): string =>
  text.replaceAll(new RegExp(from, 'gi'), (found) => {
    if (found === found.toLowerCase()) return to;
    return found === found.toUpperCase() ? to.toUpperCase() : titleOf(to);
  });

/** Throws one sentence for a name that cannot be told apart afterwards, or cannot be part of a physical name. */
const checkName = (to: string, from: string, texts: ReadonlyMap<string, string>) => {
  if (!nameShape.test(to))
    throw new Error(
      `"${to}" cannot name the product; use 3 to 12 of a-z and 0-9, starting with a letter, such as "${exampleName}"`,
    );
  if (to === from) throw new Error(`the product is named "${from}" already; choose another name`);
  const word = new RegExp(`(?<![a-z0-9])${to}(?![a-z0-9])`, 'i');
  if (to === exampleName) return;
  const taken = [...texts].find(([, text]) => word.test(text));
  if (taken)
    throw new Error(
      `"${to}" stands in ${taken[0]} already and could not be told from the product's name; choose another name`,
    );
};

/**
 * Renames the product in every file that git has. Throws one sentence, and changes nothing, when the name will not do or when
 * the checkout has changes of its own, which could then not be told from these.
 */
export const renameProduct = async (root: string, to: string): Promise<Renamed> => {
  const changes = await outputOf('git', ['status', '--porcelain'], { cwd: root });
  if (changes.trim() !== '')
    throw new Error('the checkout has changes that are not committed; commit them first, so that this can be undone');
  const { name: from } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { name: string };
  const texts = new Map<string, string>();
  for (const file of await filesOf(root)) {
    const content = await readFile(path.join(root, file));
    if (!isKept(file) && !content.includes(0)) texts.set(file, content.toString('utf8'));
  }
  checkName(to, from, texts);

  let files = 0;
  for (const [file, text] of texts) {
    const [renamed, rewritten] = [withName(file, from, to), withName(text, from, to)];
    if (rewritten !== text) await writeFile(path.join(root, file), rewritten);
    if (renamed !== file) {
      await mkdir(path.dirname(path.join(root, renamed)), { recursive: true });
      await rename(path.join(root, file), path.join(root, renamed));
    }
    if (rewritten !== text || renamed !== file) files += 1;
  }
  for (const file of texts.keys()) {
    const at = file.toLowerCase().indexOf(`${from}/`);
    // Everything below a folder of the old name has moved.
    if (at !== -1) await rm(path.join(root, file.slice(0, at + from.length)), { recursive: true, force: true });
  }
  return { from, to, files };
};
