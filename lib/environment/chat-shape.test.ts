import { expect, test } from '@jest/globals';
import { environments } from '../environments.ts';
import { defineEnvironments } from './environment-checks.ts';

const slack = { workspace: 'T01ABCDEF23', channel: 'C01ABCDEF23' };
const teams = {
  tenant: '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f0',
  team: '1f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f1',
  channel: '19%3A0123456789abcdef%40thread.tacv2',
};

const withChat = (chat: object) =>
  environments.map((environment) =>
    environment.name === 'dev' ? { ...environment, alerts: { ...environment.alerts, ...chat } } : environment,
  );

test('channels are named by their ids', () => {
  expect(defineEnvironments(withChat({ slack, teams }))[0]?.alerts).toMatchObject({ slack, teams });
});

test.each([
  ['a channel by its name', { slack: { ...slack, channel: '#on-call' } }, /slack\.channel: "#on-call" .*not its name/],
  ['a workspace that is none', { slack: { ...slack, workspace: 'shop' } }, /slack\.workspace: "shop" is not allowed/],
  [
    'a channel without its workspace',
    { slack: { channel: slack.channel } },
    /slack\.workspace: nothing is not allowed/,
  ],
  ['a team that is no UUID', { teams: { ...teams, team: 'on-call' } }, /teams\.team: "on-call" .*the id of a team/],
  ['a channel of Teams by its name', { teams: { ...teams, channel: 'General' } }, /teams\.channel: "General"/],
  ['a secret beside them', { slack: { ...slack, token: 'x' } }, /slack: Unrecognized key: "token"/],
])('%s is refused', (_what, chat, message) => {
  expect(() => defineEnvironments(withChat(chat))).toThrow(message);
});
