/**
 * Stripe's API as this service uses it, with state: intents, refunds, idempotency keys and the errors of its documentation. stripe-mock,
 * which knows the whole API and keeps nothing, checks the shape of our requests in `npm run test:real`.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { hangUp, listen } from '../../kit/testing/loopback.ts';

type Fields = ReadonlyMap<string, string>;
type Intent = {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** With which a browser asks about it. */
  readonly client_secret: string;
  status: string;
  amount_received: number;
  last_payment_error: object | null;
};
type Refund = {
  readonly id: string;
  readonly object: 'refund';
  readonly payment_intent: string;
  readonly amount: number;
  readonly metadata: Readonly<Record<string, string>>;
  status: string;
};
type Answer = { readonly status: number; readonly body: unknown };

const refusal = (status: number, error: object): Answer => ({ status, body: { error } });
const invalid = (param: string, code: string, message: string) =>
  refusal(400, { type: 'invalid_request_error', code, param, message });
const unexpectedState = (intent: Intent, wish: string) =>
  refusal(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: `This PaymentIntent could not be ${wish} because it has a status of ${intent.status}.`,
    payment_intent: intent,
  });

/** Cards of Stripe's documentation of tests, by token: null is charged. */
const cards: ReadonlyMap<string, { code: string; decline_code?: string } | null> = new Map([
  ['tok_visa', null],
  ['pm_card_visa', null],
  ['pm_savedCardOfTheShop', null],
  ['tok_chargeDeclined', { code: 'card_declined', decline_code: 'generic_decline' }],
  ['tok_chargeDeclinedInsufficientFunds', { code: 'card_declined', decline_code: 'insufficient_funds' }],
  ['tok_chargeDeclinedExpiredCard', { code: 'expired_card', decline_code: 'expired_card' }],
  // As Stripe's form in a browser names them: once for each time that the form is sent.
  ['ctoken_visa', null],
  ['ctoken_declined', { code: 'card_declined', decline_code: 'generic_decline' }],
  ['ctoken_authenticate', null],
  ['tok_threeDSecure2Required', { code: 'card_declined', decline_code: 'authentication_required' }],
]);
const savedCards: ReadonlyMap<string, string> = new Map([['pm_savedCardOfTheShop', 'cus_theShop']]);

const metadataOf = (fields: Fields) =>
  Object.fromEntries(
    [...fields].flatMap(([name, value]) => {
      const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
      return key === undefined ? [] : [[key, value]];
    }),
  );

/** What a request meets instead of an answer: it is done and the answer kept back, or it is not even begun. */
export type StripeFault = 'silent-after-acting' | 'error-after-acting' | 'overloaded' | 'hangs-up' | 'key-refused';

export const startStripePeer = async ({ secondsAgo = 0 }: { secondsAgo?: number } = {}) => {
  const intents = new Map<string, Intent>();
  const refunds: Refund[] = [];
  /** By idempotency key, with what was asked, as Stripe compares it. */
  const answered = new Map<string, { readonly asked: string; readonly answer: Answer }>();
  const requests: string[] = [];
  const faults: StripeFault[] = [];
  let count = 0;
  const newId = (prefix: string) => `${prefix}_${String(++count).padStart(6, '0')}`;

  const begin = (fields: Fields): Answer => {
    const confirmed = fields.get('confirmation_token');
    const token = confirmed?.replace(/__\w*$/, '') ?? (fields.get('payment_method') ?? '').replace(/^pm_of_/, '');
    const decline = cards.get(token);
    if (decline === undefined)
      return confirmed === undefined
        ? invalid('payment_method', 'resource_missing', `No such PaymentMethod: '${token}'`)
        : invalid('confirmation_token', 'resource_missing', `No such ConfirmationToken: '${confirmed}'`);
    const owner = savedCards.get(token);
    if (owner !== fields.get('customer'))
      return invalid(
        'payment_method',
        'payment_method_invalid_parameter',
        `The card belongs to the Customer ${owner}.`,
      );
    const amount = Number(fields.get('amount'));
    if (amount < 50) return invalid('amount', 'amount_too_small', 'Amount must be at least $0.50 usd');
    const id = newId('pi');
    const asks = token === 'ctoken_authenticate';
    const intent: Intent = {
      id,
      client_secret: `${id}_secret_${id.length}`,
      object: 'payment_intent',
      amount,
      currency: fields.get('currency') ?? '',
      created: Math.floor(Date.now() / 1000) - secondsAgo,
      metadata: metadataOf(fields),
      status: asks ? 'requires_action' : decline ? 'requires_payment_method' : 'requires_capture',
      amount_received: 0,
      last_payment_error: decline,
    };
    intents.set(intent.id, intent);
    if (!decline) return { status: 200, body: intent };
    return refusal(402, { type: 'card_error', message: 'Your card was declined.', ...decline, payment_intent: intent });
  };

  const refund = (fields: Fields): Answer => {
    const intent = intents.get(fields.get('payment_intent') ?? '');
    const amount = Number(fields.get('amount'));
    const given = refunds.filter((each) => each.payment_intent === intent?.id && each.status === 'succeeded');
    const left = (intent?.amount_received ?? 0) - given.reduce((sum, each) => sum + each.amount, 0);
    if (!intent || amount > left)
      return refusal(400, {
        type: 'invalid_request_error',
        message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      });
    const made: Refund = {
      id: newId('re'),
      object: 'refund',
      payment_intent: intent.id,
      amount,
      metadata: metadataOf(fields),
      status: 'succeeded',
    };
    refunds.unshift(made);
    return { status: 200, body: made };
  };

  const stepOf = (intent: Intent, step: string): Answer => {
    const mayStep = intent.status === 'requires_capture' || (step === 'cancel' && intent.status === 'requires_action');
    if (!mayStep) return unexpectedState(intent, `${step}d`);
    intent.status = step === 'capture' ? 'succeeded' : 'canceled';
    if (step === 'capture') intent.amount_received = intent.amount;
    return { status: 200, body: intent };
  };

  const list = (data: readonly unknown[]): Answer => ({ status: 200, body: { object: 'list', data, has_more: false } });

  const answerOf = (method: string, url: URL, fields: Fields): Answer => {
    const [, , resource, id, step] = url.pathname.split('/');
    const { searchParams: query } = url;
    if (resource === 'refunds')
      return method === 'POST'
        ? refund(fields)
        : list(refunds.filter((each) => each.payment_intent === query.get('payment_intent')));
    const token = fields.get('card[token]') ?? '';
    if (resource === 'payment_methods' && method === 'POST')
      return cards.has(token)
        ? { status: 200, body: { id: `pm_of_${token}`, object: 'payment_method', customer: null } }
        : invalid('card[token]', 'resource_missing', `No such token: '${token}'`);
    if (resource === 'payment_methods')
      return { status: 200, body: { id, object: 'payment_method', customer: savedCards.get(id ?? '') ?? null } };
    if (id === 'search')
      return list(
        [...intents.values()].filter(({ metadata }) =>
          Object.values(metadata).some((value) => query.get('query')?.includes(`'${value}'`)),
        ),
      );
    if (id === undefined && method === 'GET') return list([...intents.values()].reverse());
    if (id === undefined) return begin(fields);
    const intent = intents.get(id);
    if (!intent)
      return refusal(404, { type: 'invalid_request_error', code: 'resource_missing', param: 'intent', message: id });
    return step === undefined ? { status: 200, body: intent } : stepOf(intent, step);
  };

  const act = async (request: IncomingMessage): Promise<Answer> => {
    const body = await text(request);
    const url = new URL(request.url ?? '', 'http://stripe');
    const key = request.headers['idempotency-key'];
    requests.push(`${request.method} ${url.pathname}${request.method === 'POST' ? ` ${String(key)}` : ''}`);
    const known = answered.get(String(key));
    const asked = `${url.pathname}?${body}`;
    if (request.method === 'POST' && known)
      return known.asked === asked
        ? known.answer
        : refusal(400, { type: 'idempotency_error', message: 'Keys can only be used with the same parameters.' });
    const answer = answerOf(request.method ?? '', url, new Map(new URLSearchParams(body)));
    // As it was then: a repeated answer does not tell what happened since.
    const kept = structuredClone(answer);
    if (request.method === 'POST') answered.set(String(key), { asked, answer: kept });
    return kept;
  };

  const server = createServer(async (request, response) => {
    const fault = faults.shift();
    if (fault === 'hangs-up') return void request.destroy();
    const { status, body } =
      fault === 'overloaded'
        ? refusal(503, { type: 'api_error', message: 'overloaded' })
        : fault === 'key-refused'
          ? refusal(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' })
          : await act(request);
    if (fault === 'silent-after-acting') return;
    if (fault === 'error-after-acting') return void response.writeHead(500).end('{"error": {"type": "api_error"}}');
    response.writeHead(status, { 'content-type': 'application/json', 'request-id': newId('req') });
    response.end(JSON.stringify(body));
  });
  const port = await listen(server);

  return {
    url: `http://127.0.0.1:${port}`,
    intents,
    refunds,
    requests,
    /** What a bank says once the buyer was asked who pays; ends the waiting of an intent. */
    answerOfBank: (id: string, isBuyer: boolean) => {
      const intent = intents.get(id);
      if (intent?.status !== 'requires_action') throw new Error(`the peer's intent ${id} waits for no buyer`);
      intent.status = isBuyer ? 'requires_capture' : 'requires_payment_method';
      if (!isBuyer) intent.last_payment_error = { code: 'payment_intent_authentication_failure' };
    },
    /** What the next requests meet, one each. */
    faults,
    /** Forgets idempotency keys, as Stripe does after a day. */
    forgetKeys: () => answered.clear(),
    stop: () => hangUp(server),
  };
};

export type StripePeer = Awaited<ReturnType<typeof startStripePeer>>;
