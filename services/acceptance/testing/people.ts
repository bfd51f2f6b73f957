/** Everybody who may stand at the public door, for what is asked of each of them. */
import { randomUUID } from 'node:crypto';
import { eventually } from '../../kit/testing/condition.ts';
import type { RunningPlatform } from '../../kit/testing/running-platform.ts';
import { codeMailedTo } from './account-mails.ts';
import { address } from './customer.ts';

export const callers = ['anonymous', 'guest', 'other guest', 'owner', 'other customer', 'staff', 'admin'] as const;
export type CallerName = (typeof callers)[number];

export type Asked = { readonly method?: string; readonly body?: unknown; readonly headers?: Record<string, string> };
export type Answered = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Code of the problem document; undefined in any other answer. */
  readonly code: string | undefined;
  json<Body>(): Body;
};

/** Statuses of a machine that is busy, after which a door is asked again. */
const busy = [502, 503, 504];

const codeIn = (text: string): string | undefined => {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    return typeof code === 'string' ? code : undefined;
  } catch {
    return undefined;
  }
};

/** One request as it is, to any path of the gateway; a stream of events is left after its headers. */
export const askOnce = async (gateway: string, at: string, { method = 'GET', body, headers }: Asked = {}) => {
  const leave = new AbortController();
  const response = await fetch(`${gateway}${at}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    signal: AbortSignal.any([leave.signal, AbortSignal.timeout(120_000)]),
  });
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream ? '' : await response.text();
  if (isStream) leave.abort();
  const { status, headers: answered } = response;
  return { status, headers: answered, text, code: codeIn(text), json: <Body>() => JSON.parse(text) as Body };
};

/** The same, as long as the machine is busy. */
export const ask = (gateway: string, at: string, asked?: Asked): Promise<Answered> =>
  eventually(
    async () => {
      const answer = await askOnce(gateway, at, asked);
      if (busy.includes(answer.status)) throw new Error(`${at} answered ${answer.status}: ${answer.text}`);
      return answer;
    },
    { everyMs: 500 },
  );

export const password = 'a password that nobody guesses';

export type Account = { readonly email: string; readonly id: string; readonly headers: Record<string, string> };

const api = '/api/v1';

const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

export const signInAs = async (gateway: string, account: { email: string; password: string }) => {
  const answer = await ask(gateway, `${api}/auth/login`, { method: 'POST', body: account });
  if (answer.status !== 200) throw new Error(`log-in answered ${answer.status} ${answer.code}`);
  return bearer(answer.json<{ accessToken: string }>().accessToken);
};

/** A new account, signed in. */
export const newAccount = async (gateway: string): Promise<Account> => {
  const email = `${randomUUID()}@customers.example`;
  const body = { email, password, name: 'Robin' };
  const answer = await ask(gateway, `${api}/auth/register`, { method: 'POST', body });
  if (answer.status !== 201) throw new Error(`registering answered ${answer.status} ${answer.code}`);
  const { user, accessToken } = answer.json<{ user: { id: string }; accessToken: string }>();
  return { email, id: user.id, headers: bearer(accessToken) };
};

/** A new guest: the cookie that the gateway gives to who touches the cart. */
export const newGuestCookie = async (gateway: string): Promise<Record<string, string>> => {
  const { headers } = await ask(gateway, `${api}/cart`);
  return { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' };
};

/** The shop with one of everybody, an order of the owner and one of the guest, and an address of the owner. */
export const gatherPeople = async (platform: RunningPlatform) => {
  const { gateway } = platform;
  const admin = await signInAs(gateway, platform.staff);
  const [owner, other, colleague] = [await newAccount(gateway), await newAccount(gateway), await newAccount(gateway)];
  const token = await codeMailedTo(platform, colleague.email, 'verify-address');
  await ask(gateway, `${api}/auth/verify`, { method: 'POST', body: { token } });
  const role = { email: colleague.email, role: 'staff' };
  await ask(gateway, `${api}/staff`, { method: 'POST', body: role, headers: admin });

  const headersOf: Record<CallerName, Record<string, string>> = {
    anonymous: {},
    guest: await newGuestCookie(gateway),
    'other guest': await newGuestCookie(gateway),
    owner: owner.headers,
    'other customer': other.headers,
    staff: await signInAs(gateway, { email: colleague.email, password }),
    admin,
  };
  const film = {
    title: 'A film',
    category: 'Drama',
    price: { amount: 1499, currency: 'USD' },
    stock: 1000,
  };
  const made = await ask(gateway, `${api}/products`, { method: 'POST', body: film, headers: admin });
  const productId = made.json<{ id: string }>().id;
  const order = async (headers: Record<string, string>, email?: string) => {
    const answer = await ask(gateway, `${api}/orders`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': randomUUID() },
      body: {
        shippingAddress: address,
        payment: { method: 'card', token: 'tok_visa' },
        items: [{ productId, quantity: 1 }],
        ...(email !== undefined && { email }),
      },
    });
    if (answer.status !== 201) throw new Error(`ordering answered ${answer.status} ${answer.code}`);
    return answer.json<{ order: { id: string } }>().order.id;
  };
  const keepAddress = async (headers: Record<string, string>) =>
    (await ask(gateway, `${api}/me/addresses`, { method: 'POST', headers, body: { address } })).json<{ id: string }>()
      .id;

  return {
    platform,
    gateway,
    headersOf,
    accounts: { owner, other, colleague },
    productId,
    order,
    keepAddress,
    orders: {
      owner: await order(headersOf.owner),
      guest: await order(headersOf.guest, 'guest@customers.example'),
    },
    addressId: await keepAddress(headersOf.owner),
    /** Signs everybody in anew whose session may be over. */
    signInAgain: async () => {
      headersOf.owner = await signInAs(gateway, { email: owner.email, password });
      headersOf['other customer'] = await signInAs(gateway, { email: other.email, password });
      headersOf.staff = await signInAs(gateway, { email: colleague.email, password });
      headersOf.admin = await signInAs(gateway, platform.staff);
    },
  };
};

export type People = Awaited<ReturnType<typeof gatherPeople>>;
