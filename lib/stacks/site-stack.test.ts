import { expect, test } from '@jest/globals';
import { environments } from '../environments.ts';
import { services } from '../services.ts';
import { preparePlatform } from '../templates/platform-templates.ts';
import { at, listOf, resourcesOf, stackNamed, textOf } from '../templates/template.ts';

const stacks = preparePlatform(environments, services).synth();
const templateOf = (stack: string) => stackNamed(stacks, 'production', stack).template;
const reference = '{{resolve:secretsmanager:cloudmart-production/api-gateway/CDN_PROOF:SecretString:::}}';

test('the site tells the API from which address a viewer came, and proves that it may', () => {
  const distributions = resourcesOf(templateOf('Site'), 'AWS::CloudFront::Distribution');
  expect(distributions.length).toBeGreaterThan(0);
  const functions = resourcesOf(templateOf('Site'), 'AWS::CloudFront::Function');
  for (const { properties } of distributions) {
    const config = at(properties, 'DistributionConfig');
    const api = listOf(at(config, 'CacheBehaviors')).find((behavior) => at(behavior, 'PathPattern') === '/api/*');
    const origin = listOf(at(config, 'Origins')).find((candidate) => at(candidate, 'Id') === at(api, 'TargetOriginId'));
    expect(at(origin, 'OriginCustomHeaders')).toEqual([{ HeaderName: 'x-cdn-proof', HeaderValue: reference }]);
    const [association] = listOf(at(api, 'FunctionAssociations'));
    expect(at(association, 'EventType')).toBe('viewer-request');
    const edge = functions.find(({ logicalId }) => textOf(at(association, 'FunctionARN')).includes(logicalId));
    const request = { headers: { 'x-viewer-address': { value: '192.0.2.1' } } };
    const handler = new Function(`${textOf(edge?.properties['FunctionCode'])}; return handler;`)() as (
      event: object,
    ) => object;
    expect(handler({ request, viewer: { ip: '203.0.113.9' } })).toEqual({
      headers: { 'x-viewer-address': { value: '203.0.113.9' } },
    });
  }
});

test('the firewall counts viewers of the site one by one, and everybody else by address', () => {
  const [acl] = resourcesOf(templateOf('Domain'), 'AWS::WAFv2::WebACL');
  const limits = listOf(acl?.properties['Rules']).flatMap((rule) =>
    listOf(at(rule, 'Statement', 'RateBasedStatement')),
  );
  const proved = { ByteMatchStatement: { SearchString: reference, PositionalConstraint: 'EXACTLY' } };
  expect(limits).toMatchObject([
    { AggregateKeyType: 'IP', ScopeDownStatement: { NotStatement: { Statement: proved } } },
    {
      AggregateKeyType: 'CUSTOM_KEYS',
      CustomKeys: [{ Header: { Name: 'x-viewer-address' } }],
      ScopeDownStatement: proved,
    },
  ]);
  const [logging] = resourcesOf(templateOf('Domain'), 'AWS::WAFv2::LoggingConfiguration');
  expect(listOf(logging?.properties['RedactedFields'])).toContainEqual({ SingleHeader: { Name: 'x-cdn-proof' } });
});
