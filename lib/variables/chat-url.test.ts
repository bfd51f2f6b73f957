import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { ConfigurationError, readConfig } from '../../services/kit/config/config.ts';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import { composeProject } from '../compose/compose-file.ts';
import { composeAddresses } from '../compose/compose-places.ts';
import { checkServices } from '../manifest-checks/check-services.ts';
import { fixtureManifests, operatingFixture } from '../testing/fixture-manifests.ts';
import { podVariables } from '../workloads/pod-variables.ts';
import { someWorkloadValues } from '../workloads/testing/workload-fixtures.ts';
import { serviceVariables } from './service-variables.ts';

const manifests = checkServices([...fixtureManifests, operatingFixture]);
const [silent] = manifests;
const topic = 'sns:arn:aws:sns:eu-central-1:111122223333:cloudmart-test-chat';

describe('where a service tells a chat', () => {
  const inPods = (service: typeof operatingFixture | undefined, chatUrl?: string) =>
    podVariables(service ?? operatingFixture, manifests, someWorkloadValues(manifests, { chatUrl }))['CHAT_URL'];

  test('is in Kubernetes the topic of its environment for those who tell one, and nothing where nobody reads a chat', () => {
    expect(inPods(operatingFixture, topic)).toBe(topic);
    expect(inPods(operatingFixture)).toBeUndefined();
    expect(inPods(silent, topic)).toBeUndefined();
  });

  test('is under compose a folder beside the mails, which its container has', () => {
    const { services } = composeProject(manifests);
    const { CHAT_URL } = serviceVariables(operatingFixture, manifests, composeAddresses);
    expect(CHAT_URL).toBe('folder:/data/mails/chat');
    expect(JSON.stringify(services[operatingFixture.name]?.volumes)).toContain('mails:/data/mails');
  });
});

describe('CHAT_URL at the start of a service', () => {
  const teller = testManifest({
    ...{ name: 'teller', kind: 'lambda', summary: 'Tells a chat.', ports: {} },
    ...{ scaling: { min: 1, max: 1, cpuPercent: 50 }, size: { cpuMillis: 50, memoryMiB: 128 }, reaches: ['chat'] },
  });
  const read = (variables: Record<string, string>) => readConfig(teller, z.object({}), variables);

  test.each([topic, 'folder:/tmp/chat'])('is read when it is %s', async (url) => {
    expect(await read({ CHAT_URL: url })).toMatchObject({ chat: url });
  });

  test('may be missing, and is refused when it names no chat', async () => {
    expect(await read({})).not.toHaveProperty('chat');
    await expect(read({ CHAT_URL: 'sns:cloudmart-test-chat' })).rejects.toThrow(ConfigurationError);
    await expect(read({ CHAT_URL: 'sns:cloudmart-test-chat' })).rejects.toThrow(/CHAT_URL: .*sns:<ARN of a topic>/);
  });
});
