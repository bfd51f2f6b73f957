/** Words of the manifest that bring rights or ways out with them: what each becomes on AWS, in Kubernetes, here, under compose and in a release. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { destinations } from '../services/kit/destinations.ts';
import type { ServiceManifest } from '../services/kit/manifest.ts';
import { composeProject } from './compose/compose-file.ts';
import { composeAddresses } from './compose/compose-places.ts';
import { environments } from './environments.ts';
import { preparePlatform } from './templates/platform-templates.ts';
import { at, identityStatements, listOf, type StackTemplate, textOf } from './templates/template.ts';
import { fixtureManifests } from './testing/fixture-manifests.ts';
import { serviceVariables } from './variables/service-variables.ts';
import { someWorkloadValues } from './workloads/testing/workload-fixtures.ts';
import { serviceObjects } from './workloads/workload-objects.ts';

const fixture = (name: string): ServiceManifest => {
  const found = fixtureManifests.find((service) => service.name === name);
  if (!found) throw new Error(`no fixture is called ${name}`);
  return found;
};

let stacks: readonly StackTemplate[] = [];
beforeAll(() => {
  const production = environments.filter(({ name }) => name === 'production');
  stacks = preparePlatform(
    production.map((environment) => ({ ...environment, configuration: {} })),
    fixtureManifests,
  ).synth();
});
const template = (stack: string) => stacks.find((candidate) => candidate.stack === stack)?.template ?? {};

/** Statements of these names in a stack, by name. */
const statementsOf = (stack: string, sids: readonly string[]) =>
  identityStatements(template(stack)).flatMap(({ statement }) =>
    statement.Sid !== undefined && sids.includes(statement.Sid)
      ? [[statement.Sid, ...listOf(statement.Resource).map(textOf)]]
      : [],
  );

type Egress = {
  readonly to: readonly { readonly ipBlock?: { readonly cidr: string } }[];
  readonly ports: readonly { readonly port: number }[];
};
const values = someWorkloadValues(fixtureManifests);
/** Ports at which the pods of a service get to the world outside. */
const worldPorts = (service: ServiceManifest): number[] => {
  const policy = serviceObjects(service, fixtureManifests, values).find(({ kind }) => kind === 'NetworkPolicy');
  const egress = (at(policy, 'spec', 'egress') ?? []) as readonly Egress[];
  return egress
    .filter(({ to }) => to.some(({ ipBlock }) => ipBlock?.cidr === '0.0.0.0/0'))
    .flatMap(({ ports }) => ports.map(({ port }) => port));
};

describe('what a service reaches', () => {
  const sids = Object.values(destinations).flatMap(({ grants }) => grants.map(({ sid }) => sid));

  test('on AWS is allowed to its role, on what the table of destinations names and on nothing else', () => {
    expect(statementsOf('Workloads', sids)).toEqual([
      [
        'InvokeModels',
        'arn:aws:bedrock:*::foundation-model/*',
        'arn:aws:bedrock:us-east-1:<AccountId>:inference-profile/*',
      ],
      ['InvokeAgents', 'arn:aws:bedrock:us-east-1:<AccountId>:agent-alias/*'],
    ]);
    expect(statementsOf('Function', sids)).toEqual([
      ['SendMail', expect.stringMatching(/:configuration-set\//), expect.stringMatching(/:identity\//)],
      ['SendTextMessages'],
    ]);
    const [texts] = identityStatements(template('Function')).filter(
      ({ statement }) => statement.Sid === 'SendTextMessages',
    );
    expect(at(texts?.statement, 'NotResource')).toBe('arn:aws:sns:*:*:*');
  });

  test.each(['door', 'stock'])('in Kubernetes is let out of the pods of %s, at the ports of the table', (name) => {
    const reaching = { ...fixture(name), owns: {} };
    expect(worldPorts(reaching)).toEqual([443]);
    expect(worldPorts({ ...reaching, reaches: [] })).toEqual([]);
  });

  test('here and under compose is a folder of mails for those who send some, and nothing for the others', () => {
    const given = (name: string) => serviceVariables(fixture(name), fixtureManifests, composeAddresses)['MAIL_URL'];
    expect(['mailer', 'door', 'stock'].map(given)).toEqual(['folder:/data/mails', undefined, undefined]);
    const { services } = composeProject(fixtureManifests);
    const mounts = (name: string) => JSON.stringify(services[name]?.volumes ?? []).includes('mails:/data/mails');
    expect(['trends', 'door', 'stock'].map(mounts)).toEqual([false, false, false]);
    const mailing = composeProject([{ ...fixture('ledger'), reaches: ['ses'] }, fixture('stock')]);
    expect(JSON.stringify(mailing.services['ledger']?.volumes)).toContain('mails:/data/mails');
  });
});
