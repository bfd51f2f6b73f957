import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from '../checkout.ts';

const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** The requirements of levels 1 and 2 of ASVS 5.0.0, as its list of requirements numbers them. */
const asked = `
  1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2 2.1.1-3 2.2.1-3 2.3.1-4 2.4.1 3.2.1-2 3.3.1-4 3.4.1-6 3.5.1-5 3.7.1-2 4.1.1-3 4.2.1 4.3.1-2
  4.4.1-4 5.1.1 5.2.1-3 5.3.1-2 5.4.1-3 6.1.1-3 6.2.1-12 6.3.1-4 6.4.1-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5
  7.5.1-2 7.6.1-2 8.1.1-2 8.2.1-3 8.3.1 8.4.1 9.1.1-3 9.2.1-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3
  11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1 12.1.1-3 12.2.1-2 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.1-5 14.1.1-2 14.2.1-4
  14.3.1-3 15.1.1-3 15.2.1-3 15.3.1-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 17.2.1-4 17.3.1-2`
  .trim()
  .split(/\s+/)
  .flatMap((range) => {
    const [, section = '', first = '', last = first] = /^(\d+\.\d+)\.(\d+)(?:-(\d+))?$/.exec(range) ?? [];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => `${section}.${Number(first) + at}`);
  });

const rows = page.split('\n').flatMap((line) => {
  const [, ids = '', state = '', where = ''] = /^\| ([\d., ]+) \| ([\w ]+) \| (.*) \|$/.exec(line) ?? [];
  return ids === '' ? [] : [{ ids: ids.split(', '), state, where: where.trim() }];
});
/** What stands in backquotes and is a path. */
const filesIn = (text: string) =>
  [...text.matchAll(/`([\w./-]+\/[\w./-]+|\w+\.json|Dockerfile)`/g)].map(([, file]) => file ?? '');

describe('docs/security.md', () => {
  test('gives every requirement of levels 1 and 2 one state', () => {
    expect(asked).toHaveLength(253);
    expect(rows.flatMap(({ ids }) => ids).toSorted()).toEqual(asked.toSorted());
  });

  test('says of what is tested which test, of what is partly there or open what is missing, and of the rest where or why', () => {
    const isFaulty = ({ state, where }: (typeof rows)[number]) => {
      switch (state) {
        case 'tested':
          return !filesIn(where).some((file) => /\.test\.ts$|\/owasp\/api/.test(file));
        case 'built':
        case 'partly':
        case 'open':
        case 'not here':
          return where === '';
        case 'not assessed':
          return where !== '';
        default:
          return true;
      }
    };
    expect(rows.filter(isFaulty)).toEqual([]);
  });

  test('names files that are there', () => {
    const named = filesIn(page);
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test('names the file of tests of each of the ten risks, and the story that runs them all', () => {
    const files = readdirSync(join(root, 'services/acceptance/owasp')).filter((name) => name.startsWith('api'));
    expect(files).toHaveLength(10);
    const story = readFileSync(join(root, 'services/acceptance/security.e2e.test.ts'), 'utf8');
    expect(files.filter((name) => !page.includes(`owasp/${name}`) || !story.includes(`./owasp/${name}`))).toEqual([]);
  });
});
