/** The channels of a chat in which those on call read of alarms and incidents. Ids, no secrets: AWS is admitted to the chat once, by hand. */
import { z } from 'zod';

const uuid = (what: string) => z.guid(`${what}, a UUID`);

export const slackShape = z
  .strictObject({
    workspace: z
      .string()
      .regex(/^T[0-9A-Z]{5,20}$/, 'the id of a workspace such as T01ABCDEF23')
      .describe('Id of the workspace that admitted Amazon Q Developer, as its console shows it.'),
    channel: z
      .string()
      .regex(/^[CG][0-9A-Z]{5,20}$/, 'the id of a channel such as C01ABCDEF23, not its name')
      .describe('Id of the channel: the end of the link to it.'),
  })
  .optional()
  .describe('Channel of Slack that hears of both alert topics, of incidents and of maintenance; absent: none.');

export const teamsShape = z
  .strictObject({
    tenant: uuid('the id of a tenant').describe('Id of the Microsoft 365 tenant.'),
    team: uuid('the id of a team').describe('Id of the team that admitted Amazon Q Developer.'),
    channel: z
      .string()
      .regex(
        /^19(:|%3A)[\w-]{1,100}(@|%40)thread\.(tacv2|skype)$/,
        '19:...@thread.tacv2, as the link to the channel has it',
      )
      .describe('Id of the channel, as the link to it has it.'),
  })
  .optional()
  .describe(
    'Channel of Microsoft Teams that hears of both alert topics, of incidents and of maintenance; absent: none.',
  );
