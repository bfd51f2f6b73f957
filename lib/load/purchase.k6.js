/**
 * Guests who look at a film, put it into a cart, order it and wait until it is paid; for k6 (https://k6.io), which is not part of this repository.
 *
 *     k6 run --vus 20 --duration 2m -e SHOP=https://shop.example lib/load/purchase.k6.js
 *
 * SHOP: address of the public door, default that of `npm start`. CARD: token of the card that is charged, default a good one of the sandbox.
 * All guests come from one address, so the door refuses them beyond RATE_LIMIT_PER_MINUTE of api-gateway; refusals are counted apart, and a
 * guest who is refused waits as long as it is told to.
 */
import { check, sleep } from 'k6';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';

const shop = __ENV.SHOP ?? 'http://127.0.0.1:8080';
const card = __ENV.CARD ?? 'tok_visa';
/** Seconds between two looks at an order, and after which it should have been decided. */
const LOOK_SECONDS = 0.1;
const PATIENCE_SECONDS = 30;
const UNDECIDED = ['pending', 'stock-reserved'];

const paid = new Counter('purchases_paid');
const refused = new Counter('requests_refused');
const purchaseMs = new Trend('purchase_ms', true);

export const options = {
  thresholds: {
    checks: ['rate==1'],
    http_req_failed: ['rate<0.01'],
    'http_req_duration{call:order}': ['p(99)<1000'],
  },
};

/** Asks until the door does not say that these are too many; resolves to the answer. */
const ask = async (call, method, path, body, headers = {}) => {
  for (;;) {
    const answer = await http.asyncRequest(method, `${shop}/api/v1${path}`, body && JSON.stringify(body), {
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
      tags: { call },
      timeout: '15s',
      responseCallback: http.expectedStatuses({ min: 200, max: 299 }, 429),
    });
    if (answer.status !== 429) return answer;
    refused.add(1);
    sleep(Number(answer.headers['Retry-After'] ?? 1));
  }
};

const is = (answer, status, what) => check(answer, { [what]: ({ status: seen }) => seen === status });

/** What every virtual user does again and again; k6 forgets its cookies after each turn, so that each is another guest. */
export default async () => {
  const begunAt = Date.now();
  const films = await ask('list', 'GET', '/products?inStock=true&limit=50');
  if (!is(films, 200, 'the catalogue answers')) return;
  const offered = films.json().items;
  const { id: productId } = offered[Math.floor(Math.random() * offered.length)];
  if (!is(await ask('product', 'GET', `/products/${productId}`), 200, 'the page of a product answers')) return;
  const cart = await ask('cart', 'POST', '/cart/items', { productId, quantity: 1 });
  if (!is(cart, 200, 'a unit lies in the cart')) return;
  const { version, total } = cart.json();
  const order = {
    email: 'robin@load.example',
    shippingAddress: { name: 'Robin Load', street: '1 Main Street', city: 'Springfield', zip: '12345', country: 'US' },
    payment: { method: 'card', token: card },
    cartVersion: version,
    expectedTotal: total,
  };
  const key = `load-${begunAt}-${Math.random().toString(36).slice(2)}`;
  const placed = await ask('order', 'POST', '/orders', order, { 'idempotency-key': key });
  if (!is(placed, 201, 'the order is accepted')) return;
  let { id, status } = placed.json().order;
  while (UNDECIDED.includes(status) && Date.now() - begunAt < PATIENCE_SECONDS * 1_000) {
    sleep(LOOK_SECONDS);
    const look = await ask('look', 'GET', `/orders/${id}`);
    if (look.status === 200) ({ status } = look.json().order);
  }
  if (!check(status, { 'the order is paid': (seen) => seen === 'paid' })) return;
  paid.add(1);
  purchaseMs.add(Date.now() - begunAt);
};
