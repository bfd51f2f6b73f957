import type { assistantDoors } from '../../contracts/http/assistant-doors.ts';
import type { DoorHandlers, DoorRequest } from '../../kit/http/doors.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { Channel } from '../domain/conversation.ts';
import { analyseSentiment } from '../use-cases/analyse-sentiment.ts';
import { answerMessage, type Part, type WholeAnswer } from '../use-cases/answer-message.ts';
import type { AssistantEffects, Visitor } from '../use-cases/assistant-effects.ts';
import { showConversation } from '../use-cases/show-conversation.ts';
import { startConversation } from '../use-cases/start-conversation.ts';

/** Milliseconds for a whole answer, tools and all: a little less than its door has. */
const answerMs = 35_000;

type Said = DoorRequest<typeof assistantDoors.message>;

/** Whoever came through access control: a customer by the token, or a guest by the session. */
const visitorOf = ({ caller, headers }: Pick<Said, 'caller' | 'headers'>): Visitor => {
  if (caller.kind === 'customer')
    return {
      owner: caller.userId,
      ...(headers.authorization !== undefined && { authorization: headers.authorization }),
    };
  if (caller.kind === 'guest') return { owner: caller.sessionId, sessionId: caller.sessionId };
  throw new Refusal('unauthenticated', 'token.missing', 'Sign in first, or begin a session as a guest.');
};

const timeOf = (epochSeconds: number) => new Date(epochSeconds * 1_000).toISOString();

const answerOf = (conversationId: string, { text, sources, expiresAt }: WholeAnswer) => ({
  conversationId,
  answer: text,
  sources,
  expiresAt: timeOf(expiresAt),
});

export const assistantHandlers = (effects: AssistantEffects): DoorHandlers<typeof assistantDoors> => {
  const parts = (request: Said, channel: Channel, leaving?: AbortSignal): AsyncGenerator<Part> => {
    const late = AbortSignal.timeout(answerMs);
    const signal = leaving ? AbortSignal.any([leaving, late]) : late;
    return answerMessage(effects, visitorOf(request), { ...request.body, channel }, signal);
  };

  const start = (channel: Channel) => async (request: DoorRequest<typeof assistantDoors.start>) => {
    const { conversation, greeting } = await startConversation(effects, visitorOf(request), channel);
    return { conversationId: conversation.id, greeting, expiresAt: timeOf(conversation.expiresAt) };
  };
  const message = (channel: Channel) => async (request: Said) => {
    let whole: WholeAnswer | null = null;
    for await (const part of parts(request, channel)) whole = part.whole;
    if (!whole) throw new Error('an answer ended without its whole');
    return answerOf(request.body.conversationId, whole);
  };
  const stream = (channel: Channel) =>
    async function* (request: Said, signal: AbortSignal) {
      let id = 0;
      for await (const { text, whole } of parts(request, channel, signal)) {
        id += 1;
        yield { id, data: { text, whole: whole && answerOf(request.body.conversationId, whole) } };
      }
    };

  return {
    start: start('answers'),
    message: message('answers'),
    stream: stream('answers'),
    startAgent: start('agent'),
    messageAgent: message('agent'),
    streamAgent: stream('agent'),
    history: async (request) => {
      const { id, turns, expiresAt } = await showConversation(effects, visitorOf(request), request.params.id);
      return { conversationId: id, turns: turns.map((turn) => ({ ...turn })), expiresAt: timeOf(expiresAt) };
    },
    sentiment: (request) => analyseSentiment(effects, visitorOf(request), request.body.thread.messages),
  };
};
