/** Which events a service acts on, as its manifest declares them and as its handlers take them. */
import type { ConsumedTypes, Consumption } from '../manifest.ts';
import type { EventHandler } from './event-handling.ts';

/** A handler for every event of a topic, or one for each type that the service acts on; events of other types are skipped. */
export type TopicHandlers = EventHandler | Readonly<Record<string, EventHandler>>;

/** Handlers of exactly what a manifest consumes: `satisfies Handlers<typeof manifest.consumes>`. */
export type Handlers<Consumed extends Consumption = Consumption> = {
  readonly [Topic in keyof Consumed]: Consumed[Topic] extends readonly (infer Type extends string)[]
    ? Readonly<Record<Type, EventHandler>>
    : EventHandler;
};

/** Those of a topic's events that a manifest names: `ConsumedEvent<(typeof manifest.consumes)['order-events'], OrderEvent>`. */
export type ConsumedEvent<Types extends readonly string[], Event extends { readonly type: string }> = Extract<
  Event,
  { readonly type: Types[number] }
>;

/** The same handler for several types of a topic. */
export const onEach = <Type extends string>(
  types: readonly Type[],
  handler: EventHandler,
): Readonly<Record<Type, EventHandler>> =>
  Object.fromEntries(types.map((type) => [type, handler])) as Record<Type, EventHandler>;

/** The handler of a type of event; undefined: the service does not act on it. */
export const handlerOf = (handlers: TopicHandlers | undefined, type: string): EventHandler | undefined => {
  if (typeof handlers === 'function' || handlers === undefined) return handlers;
  return Object.hasOwn(handlers, type) ? handlers[type] : undefined;
};

/** What handlers act on, in the words of a manifest. */
export const handledBy = (handlers: Readonly<Record<string, TopicHandlers>>): Consumption =>
  Object.fromEntries(
    Object.entries(handlers).map(([topic, ofTopic]) => [
      topic,
      typeof ofTopic === 'function' ? 'all' : Object.keys(ofTopic),
    ]),
  );

const without = (types: readonly string[], others: readonly string[]) => types.filter((type) => !others.includes(type));

const disagreementsOn = (topic: string, declared: ConsumedTypes | undefined, handled: ConsumedTypes | undefined) => {
  if (handled === undefined) return [`consumes ${topic}, but nothing in the background of app.ts handles it`];
  if (declared === undefined) return [`does not consume ${topic}, which app.ts handles`];
  if (declared === 'all')
    return handled === 'all' ? [] : [`consumes all of ${topic}, but app.ts handles ${handled.join(', ')} alone`];
  if (handled === 'all')
    return [
      `consumes ${declared.join(', ')} of ${topic}, but app.ts has one handler for all of it; give each type its own`,
    ];
  return [
    ...without(declared, handled).map(
      (type) => `consumes ${type} of ${topic}, but nothing in the background of app.ts handles it`,
    ),
    ...without(handled, declared).map((type) => `does not consume ${type} of ${topic}, which app.ts handles`),
  ];
};

/** In what a manifest and the handlers of its service disagree: one clause each about the manifest; none when all is well. */
export const disagreements = (declared: Consumption, handled: Consumption): string[] =>
  [...new Set([...Object.keys(declared), ...Object.keys(handled)])].flatMap((topic) =>
    disagreementsOn(topic, declared[topic], handled[topic]),
  );
