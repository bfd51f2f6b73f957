/** The doors of the shop as typed functions, made from the tables of doors. Runs in browsers and in Node. */
import type { z } from 'zod';
import { accountDoors } from './accounts/account-doors.ts';
import { mailDoors } from './accounts/mail-doors.ts';
import { sessionDoors } from './accounts/session-doors.ts';
import { staffDoors } from './accounts/staff-doors.ts';
import { addressOf } from './address-of.ts';
import { apiPrefix } from './api-prefix.ts';
import {
  ApiProblem,
  answerTo,
  type Call,
  type CallOptions,
  type ClientOptions,
  eventsOf,
  type WatchOptions,
} from './ask.ts';
import { assistantDoors } from './assistant-doors.ts';
import { cartDoors } from './cart-doors.ts';
import { productDoors } from './catalogue/product-doors.ts';
import { keyDoors, siteDoors } from './discovery-doors.ts';
import type { Door, Doors } from './door.ts';
import { operationsDoors } from './operations/operations-doors.ts';
import { orderDoors } from './order-doors.ts';
import { paymentDoors } from './payment-doors.ts';
import { reconciliationDoors } from './reconciliation-doors.ts';

// Zod reads text of a query into numbers; who calls has the numbers already.
type Given<Name, Schema extends z.ZodType> = Name extends 'query' ? Partial<z.output<Schema>> : z.input<Schema>;
type Part<D, Name extends string> = D extends { readonly [K in Name]: infer Schema extends z.ZodType }
  ? Record<never, never> extends Given<Name, Schema>
    ? { readonly [K in Name]?: Given<Name, Schema> }
    : { readonly [K in Name]: Given<Name, Schema> }
  : object;

/** What a door is asked: `params` of its path, `query`, `headers` and `body`, each where the door has it. */
export type RequestOf<D> = Part<D, 'params'> & Part<D, 'query'> & Part<D, 'headers'> & Part<D, 'body'>;

type AnsweredBody<D extends Door> = D['answers'] extends { readonly 204: unknown }
  ? undefined
  : z.output<NonNullable<D['answers'][keyof D['answers']]>>;

/** The body of an answer, with its headers where the door promises any. */
export type AnswerOf<D extends Door> = D extends { readonly answerHeaders: infer Schema extends z.ZodType }
  ? { readonly headers: z.output<Schema>; readonly body: AnsweredBody<D> }
  : AnsweredBody<D>;

type Arguments<Request, Options> =
  Record<never, never> extends Request ? [request?: Request, options?: Options] : [request: Request, options?: Options];

/** One door: asks once, or tells events until the last one, or until the shop ends the stream: then watch again `after` it. */
export type DoorCall<D extends Door> = D extends { readonly events: { readonly data: infer Data extends z.ZodType } }
  ? (
      ...given: Arguments<RequestOf<D>, WatchOptions>
    ) => AsyncGenerator<{ readonly id: number; readonly data: z.output<Data> }>
  : (...given: Arguments<RequestOf<D>, CallOptions>) => Promise<AnswerOf<D>>;

export type DoorClient<Table extends Doors> = { readonly [Name in keyof Table]: DoorCall<Table[Name]> };

type AnyRequest = {
  readonly params?: object;
  readonly query?: object;
  readonly headers?: object;
  readonly body?: unknown;
};

/**
 * One function a door of the table. Answers are not checked against their schemas, which are strict: a page goes on with a newer
 * shop that says more.
 */
export const createDoorClient = <const Table extends Doors>(doors: Table, client: ClientOptions): DoorClient<Table> => {
  const callOf = ({ method, deadlineMs, media }: Door, { headers, body }: AnyRequest, options: CallOptions): Call => ({
    deadlineMs,
    ...client,
    ...options,
    method,
    body,
    isMedia: media !== undefined,
    headers: { ...client.headers, ...options.headers, ...headers },
  });
  const urlOf = (door: Door, request: AnyRequest) => `${client.baseUrl ?? ''}${addressOf(door, request)}`;

  const answer =
    (door: Door) =>
    async (request: AnyRequest = {}, options: CallOptions = {}): Promise<unknown> => {
      const ask = () => answerTo(urlOf(door, request), callOf(door, request, options));
      const { headers, body } = await ask().catch((problem: unknown) => {
        // The refusal brought the cookie of a new session, under which the same request is welcome.
        if (door.newGuest === 'asks-again' && problem instanceof ApiProblem && problem.code === 'session.begun')
          return ask();
        throw problem;
      });
      if (!door.answerHeaders) return body;
      const promised = Object.keys(door.answerHeaders.shape);
      return { headers: Object.fromEntries(promised.map((name) => [name, headers.get(name) ?? undefined])), body };
    };
  const watch =
    (door: Door) =>
    (request: AnyRequest = {}, { after = 0, ...options }: WatchOptions = {}) => {
      const seen = { 'last-event-id': String(after), ...request.headers };
      return eventsOf(urlOf(door, request), callOf(door, { ...request, headers: seen }, options));
    };
  return Object.fromEntries(
    Object.entries(doors).map(([name, door]: [string, Door]) => [name, door.events ? watch(door) : answer(door)]),
  ) as DoorClient<Table>;
};

/** All doors of a shop, by what they are about. `api`: where its configuration says that they are; default `/api/v1`. */
export const createShopClient = ({ api = apiPrefix, ...client }: ClientOptions & { readonly api?: string } = {}) => {
  const below = { ...client, baseUrl: `${client.baseUrl ?? ''}${api}` };
  return {
    accounts: createDoorClient(accountDoors, below),
    mails: createDoorClient(mailDoors, below),
    assistant: createDoorClient(assistantDoors, client),
    cart: createDoorClient(cartDoors, below),
    operations: createDoorClient(operationsDoors, below),
    orders: createDoorClient(orderDoors, below),
    payments: createDoorClient(paymentDoors, below),
    products: createDoorClient(productDoors, below),
    reconciliations: createDoorClient(reconciliationDoors, below),
    sessions: createDoorClient(sessionDoors, below),
    keys: createDoorClient(keyDoors, client),
    site: createDoorClient(siteDoors, client),
    staff: createDoorClient(staffDoors, below),
  };
};

export type ShopClient = ReturnType<typeof createShopClient>;
