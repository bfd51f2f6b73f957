import { Refusal } from '../../kit/values/refusal.ts';

export const conversationUnknown = (id: string) =>
  new Refusal(
    'missing',
    'conversation.unknown',
    `There is no conversation ${id} of yours, or it is forgotten by now; begin a new one.`,
  );

export const conversationBusy = () =>
  new Refusal('conflict', 'conversation.busy', 'The message before is still being answered; wait for its answer.', {
    retryAfterSeconds: 2,
  });

export const conversationFull = (most: number) =>
  new Refusal('conflict', 'conversation.full', `A conversation has ${most} messages at most; begin a new one.`);

const untilTomorrowSeconds = 3_600;

export const tooManyConversations = (most: number) =>
  new Refusal('too-many', 'conversation.too-many', `You began ${most} conversations today; go on with one of them.`, {
    retryAfterSeconds: untilTomorrowSeconds,
  });

export const tooManyMessages = (most: number) =>
  new Refusal(
    'too-many',
    'conversation.too-many-messages',
    `You sent ${most} messages today, which is the most; come again tomorrow.`,
    { retryAfterSeconds: untilTomorrowSeconds },
  );

export const providerUnavailable = (provider: string, cause?: unknown) =>
  new Refusal(
    'unavailable',
    'assistant.provider-unavailable',
    `The assistant cannot answer at the moment, because ${provider} does not; the shop itself works. Try again.`,
    { retryAfterSeconds: 15, ...(cause !== undefined && { cause }) },
  );

export const providerRefusesKey = (provider: string, variable: string, cause?: unknown) =>
  new Refusal(
    'unavailable',
    'assistant.provider-refuses-key',
    `${provider} refuses the credentials of this shop; put valid ones into ${variable}.`,
    { retryAfterSeconds: 60, ...(cause !== undefined && { cause }) },
  );
