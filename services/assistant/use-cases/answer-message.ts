import type { AnswerEvent } from '../clients/answerer.ts';
import { conversationBusy, conversationFull, conversationUnknown } from '../domain/assistant-refusals.ts';
import { type Channel, longestAnswer, mostTurns, type Source } from '../domain/conversation.ts';
import { instructions } from '../domain/instructions.ts';
import { createPlainWriter } from '../domain/plain-text.ts';
import type { AssistantEffects, Visitor } from './assistant-effects.ts';
import { showConversation } from './show-conversation.ts';
import { expiryOf } from './start-conversation.ts';

/** Milliseconds for which a conversation is taken: longer than the door waits for an answer, so that a process that died blocks nobody. */
const claimMs = 45_000;

export type Message = { readonly conversationId: string; readonly message: string; readonly channel: Channel };

export type WholeAnswer = { readonly text: string; readonly sources: readonly Source[]; readonly expiresAt: number };

/** Words to show at once; the last part alone has the whole answer, which is then kept. */
export type Part = { readonly text: string; readonly whole: WholeAnswer | null };

/** Collects what an answer rests on, each once. */
const createSources = () => {
  const sources = new Map<string, Source>();
  return {
    add: (source: Source) => sources.set(`${source.kind} ${source.id}`, source),
    list: () => [...sources.values()].slice(0, 20),
  };
};

const wordsOf = async function* (
  events: AsyncIterable<AnswerEvent>,
  provider: string,
  { figures }: AssistantEffects,
  on: { source(source: Source): void; reference(reference: string): void },
): AsyncGenerator<string> {
  const writer = createPlainWriter(instructions);
  let written = 0;
  const shorten = (text: string) => {
    const shown = text.slice(0, Math.max(0, longestAnswer - written));
    written += shown.length;
    return shown;
  };
  for await (const event of events) {
    if (event.type === 'text') yield shorten(writer.write(event.text));
    else if (event.type === 'source') on.source(event.source);
    else if (event.type === 'usage') figures.used(provider, event.usage);
    else if (event.type === 'reference') on.reference(event.reference);
    else figures.tool(event.tool, event.outcome);
  }
  yield shorten(writer.end());
};

/**
 * Answers a message within a conversation of the caller's own, part by part. One message of a conversation is answered at a time; an answer
 * that fails or that nobody waits for is not kept, and the same message may be sent again.
 */
export const answerMessage = async function* (
  effects: AssistantEffects,
  visitor: Visitor,
  { conversationId, message, channel }: Message,
  signal: AbortSignal,
): AsyncGenerator<Part> {
  const { conversations, answerers, limits, figures, clock, shopOf } = effects;
  const conversation = await showConversation(effects, visitor, conversationId);
  if (conversation.channel !== channel) throw conversationUnknown(conversationId);
  if (conversation.turns.length >= mostTurns) throw conversationFull(mostTurns);
  await limits.message(visitor.owner);
  const begun = clock.now().getTime();
  const claim = begun + claimMs;
  if (!(await conversations.claim(conversationId, { now: begun, until: claim }))) throw conversationBusy();

  const { provider, ...answerer } = answerers[channel];
  const seconds = () => (clock.now().getTime() - begun) / 1_000;
  const sources = createSources();
  let outcome: 'answered' | 'refused' | 'abandoned' = 'abandoned';
  let text = '';
  let reference = conversation.reference;
  const on = {
    source: sources.add,
    reference: (named: string) => {
      reference = named;
    },
  };
  try {
    const events = answerer.answer({
      message,
      turns: conversation.turns,
      reference,
      shop: shopOf(visitor),
      signal,
    });
    for await (const words of wordsOf(events, provider, effects, on)) {
      if (words === '') continue;
      text += words;
      yield { text: words, whole: null };
    }
    const expiresAt = expiryOf(effects);
    const whole = { text: text.trim(), sources: sources.list(), expiresAt };
    const turn = { message, answer: whole.text, sources: whole.sources, at: clock.now().toISOString() };
    if (!(await conversations.record(conversationId, turn, { claim, expiresAt, reference }))) throw conversationBusy();
    outcome = 'answered';
    yield { text: '', whole };
  } catch (problem) {
    outcome = 'refused';
    throw problem;
  } finally {
    figures.answered(provider, outcome, seconds());
    if (outcome !== 'answered') await conversations.release(conversationId, claim).catch(() => false);
  }
};
