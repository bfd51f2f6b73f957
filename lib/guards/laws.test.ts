import { describe, expect, test } from '@jest/globals';
import { one, type Planted } from '../testing/planted-resources.ts';
import { stateRetained } from './data-laws.ts';
import type { Law } from './law.ts';
import { laws } from './laws.ts';
import { accessLawCases } from './testing/access-law-cases.ts';
import { chartLawCases } from './testing/chart-law-cases.ts';
import { dataLawCases } from './testing/data-law-cases.ts';
import { failureLawCases } from './testing/failure-law-cases.ts';
import { tagLawCases } from './testing/tag-law-cases.ts';

const cases = [dataLawCases, accessLawCases, failureLawCases, chartLawCases, tagLawCases];
const broken = cases.flatMap((group) => group.broken);
const kept = cases.flatMap((group) => group.kept);

const judge = (law: Law, Resources: Planted, isProtected = true) =>
  law
    .breaches([{ stack: 'Planted', environment: 'test', isProtected, path: '', template: { Resources } }], [])
    .map(({ logicalId, sentence }) => `${logicalId}: ${sentence}`);

describe('each law finds what breaks it', () => {
  test.each(broken.map(([law, what, resources, sentence]) => [law.name, what, law, resources, sentence] as const))(
    '%s: %s',
    (_name, _what, law, resources, sentence) => {
      expect(judge(law, resources).join('\n')).toMatch(sentence);
    },
  );

  test('every law has a planted breach', () => {
    expect(laws.filter((law) => !broken.some(([planted]) => planted === law)).map(({ name }) => name)).toEqual([]);
  });
});

describe('each law lets pass what keeps it', () => {
  test.each(kept.map(([law, what, resources]) => [law.name, what, law, resources] as const))(
    '%s: %s',
    (_name, _what, law, resources) => {
      expect(judge(law, resources)).toEqual([]);
    },
  );

  test('an environment that may be torn down keeps nothing', () => {
    expect(
      judge(
        stateRetained,
        one('AWS::S3::Bucket', {}, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }),
        false,
      ),
    ).toEqual([]);
  });
});
