import { describe, expect, test } from '@jest/globals';
import type { StackTemplate } from '../templates/template.ts';
import { one, type Planted } from '../testing/planted-resources.ts';
import { stateRetained } from './data-rules.ts';
import type { Rule } from './rule.ts';
import { templateRules } from './template-rules.ts';
import { accessLawCases } from './testing/access-rule-cases.ts';
import { chartLawCases } from './testing/chart-rule-cases.ts';
import { dataLawCases } from './testing/data-rule-cases.ts';
import { failureLawCases } from './testing/failure-rule-cases.ts';
import { referenceLawCases } from './testing/reference-rule-cases.ts';
import { aTill, standInLawCases } from './testing/stand-in-rule-cases.ts';
import { tagLawCases } from './testing/tag-rule-cases.ts';

const cases = [
  dataLawCases,
  accessLawCases,
  failureLawCases,
  chartLawCases,
  tagLawCases,
  referenceLawCases,
  standInLawCases,
];
const broken = cases.flatMap((group) => group.broken);
const kept = cases.flatMap((group) => group.kept);

const judge = (rule: Rule, Resources: Planted, more: Partial<StackTemplate> = {}) =>
  rule
    .breaches(
      [
        {
          stack: 'Planted',
          environment: 'test',
          isProtected: true,
          namesAccount: true,
          path: '',
          template: { Resources },
          ...more,
        },
      ],
      [aTill],
    )
    .map(({ logicalId, sentence }) => `${logicalId}: ${sentence}`);

describe('each rule finds what breaks it', () => {
  test.each(broken.map(([rule, what, resources, sentence]) => [rule.name, what, rule, resources, sentence] as const))(
    '%s: %s',
    (_name, _what, rule, resources, sentence) => {
      expect(judge(rule, resources).join('\n')).toMatch(sentence);
    },
  );

  test('every rule has a planted breach', () => {
    expect(
      templateRules.filter((rule) => !broken.some(([planted]) => planted === rule)).map(({ name }) => name),
    ).toEqual([]);
  });
});

describe('each rule lets pass what keeps it', () => {
  test.each(kept.map(([rule, what, resources]) => [rule.name, what, rule, resources] as const))(
    '%s: %s',
    (_name, _what, rule, resources) => {
      expect(judge(rule, resources)).toEqual([]);
    },
  );

  test('an environment that may be torn down keeps nothing', () => {
    expect(
      judge(stateRetained, one('AWS::S3::Bucket', {}, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }), {
        isProtected: false,
      }),
    ).toEqual([]);
  });

  test.each([
    ['may be torn down', { isProtected: false }],
    ['names no account, as in a fresh clone', { namesAccount: false }],
  ])('where the environment %s, things may stand in for the real ones', (_, environment) => {
    for (const [rule, , resources] of standInLawCases.broken) expect(judge(rule, resources, environment)).toEqual([]);
  });
});
