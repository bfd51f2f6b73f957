import { testManifest } from '../../../services/kit/testing/manifest.ts';
import { chart, one, pod } from '../../testing/planted-resources.ts';
import { nothingStandsIn } from '../stand-in-rules.ts';
import type { LawCases } from './rule-cases.ts';

/** A service that takes money, really or by a stand-in. */
export const aTill = testManifest({
  name: 'till',
  kind: 'web',
  configuration: {
    BANK: { description: 'Who moves the money.', kind: 'plain', default: 'play-money', standIns: ['play-'] },
  },
});

const variables = (bank: string, service = 'till') => ({ SERVICE_NAME: service, BANK: bank });
const env = (bank: string, service?: string) =>
  Object.entries(variables(bank, service)).map(([name, value]) => ({ name, value }));
const fromFile = (bank: string) => {
  const { spec, ...rest } = pod('x', [{ name: 'SERVICE_NAME', value: 'till' }]);
  const [container] = spec.template.spec.containers;
  const containers = [{ ...container, envFrom: [{ configMapRef: { name: 'till-files' } }] }];
  return chart(
    { kind: 'ConfigMap', metadata: { name: 'till-files' }, data: { BANK: bank } },
    { ...rest, spec: { template: { spec: { containers } } } },
  );
};
const lambda = (bank: string) => one('AWS::Lambda::Function', { Environment: { Variables: variables(bank) } });
const sentence = /It: BANK=play-money of till only stands in for the real thing \(play-\) and serves no customer; set/;

export const standInLawCases: LawCases = {
  broken: [
    [nothingStandsIn, 'a pod that is told to use a stand-in', chart(pod('x', env('play-money'))), sentence],
    [nothingStandsIn, 'a pod whose ConfigMap tells it so', fromFile('play-money'), sentence],
    [nothingStandsIn, 'a function that is told so', lambda('play-money'), sentence],
  ],
  kept: [
    [nothingStandsIn, 'a pod with the real thing', chart(pod('x', env('bank-of-springfield')))],
    [nothingStandsIn, 'a ConfigMap with the real thing', fromFile('bank-of-springfield')],
    [nothingStandsIn, 'a function with the real thing', lambda('bank-of-springfield')],
    [
      nothingStandsIn,
      'another service with a value that is called the same',
      chart(pod('x', env('play-money', 'toy'))),
    ],
  ],
};
