import type { IncomingHttpHeaders } from 'node:http';
import {
  conversationAnswer,
  historyAnswer,
  messageAnswer,
  sentimentAnswer,
} from '../../contracts/http/assistant-api.ts';
import { exampleCartVersion } from '../../contracts/http/cart-api.ts';
import { beginImageAnswer } from '../../contracts/http/catalogue/product-image-api.ts';
import type { Door } from '../../contracts/http/door.ts';
import { operationsDoors } from '../../contracts/http/operations/operations-doors.ts';
import { reconciliationAnswer } from '../../contracts/http/reconciliation-api.ts';
import { createHttpServer } from '../../kit/http/http-server.ts';
import { testContext } from '../../kit/testing/context.ts';
import { testManifest } from '../../kit/testing/manifest.ts';
import type { TestTokens } from '../../kit/testing/tokens.ts';
import { Refusal } from '../../kit/values/refusal.ts';

const at = '2026-11-01T12:00:00.000Z';
const euros = (amount: number) => ({ amount, currency: 'EUR' });

export const knownProduct = 'prd_01jf0000000000000000000001';
export const knownPayment = 'pay_01jf0000000000000000000001';

const product = {
  id: knownProduct,
  title: 'Metropolis',
  description: '',
  category: 'Silent',
  price: euros(1299),
  imageUrl: `/api/v1/products/${knownProduct}/image`,
  images: [],
  attributes: {},
  stock: 3,
  version: 1,
  createdAt: at,
  updatedAt: at,
};
const cart = { items: [], total: null, notice: null, version: exampleCartVersion, degraded: false, updatedAt: null };
const payment = {
  id: knownPayment,
  orderId: 'ord_01jf0000000000000000000001',
  status: 'captured',
  amount: euros(1299),
  captured: euros(1299),
  refunded: euros(0),
  refunds: [],
  declineReason: null,
  createdAt: at,
  updatedAt: at,
};

export const knownReconciliation = 'rec_01jf0000000000000000000001';
const reconciliation = reconciliationAnswer.parse(reconciliationAnswer.meta()?.['example']);

/** What the peer answers as the picture of its product; no text, so that it must come through as it is. */
export const picture = Buffer.from([0x3c, 0x00, 0xff, 0xfe, 0x3e]);

export type Received = { method: string; url: string; headers: IncomingHttpHeaders; body: unknown };

/** Speaks the HTTP contracts of catalogue, cart, payments, reconciliations and operations from fixed answers, and remembers what it was asked. */
export const createHttpPeer = async (tokens: TestTokens) => {
  const context = testContext(testManifest({ name: 'peer' }), { verifyToken: tokens.verifyToken });
  const http = await createHttpServer({ context, bodyLimit: 8 * 1024 * 1024 });
  const received: Received[] = [];
  http.addHook('preHandler', async ({ method, url, headers, body, caller }) => {
    received.push({ method, url, headers, body });
    if (url.startsWith('/cart') && caller.kind === 'nobody')
      throw new Refusal('unauthenticated', 'token.missing', 'Sign in first.');
  });
  const open = { config: { access: 'public' as const } };
  let page: object = { items: [product], nextCursor: null, isGuess: false, facets: null };
  http.get('/products', open, async () => page);
  http.get('/products/suggest', open, async () => ({ items: [], nextCursor: null }));
  http.get('/products/:id', open, async (request) => {
    const { id } = request.params as { id: string };
    if (id !== knownProduct) throw new Refusal('missing', 'product.unknown', 'There is no such product.');
    return product;
  });
  http.get('/products/:id/image', open, async ({ headers }, reply) => {
    reply.header('cache-control', 'public, no-cache').header('etag', '"kept by the peer"');
    if (headers['if-none-match'] === '"kept by the peer"') return reply.code(304).send();
    return reply.type('image/svg+xml').send(picture);
  });
  http.get('/categories', open, async () => ({ items: [{ name: 'Silent', products: 1 }], nextCursor: null }));
  http.post('/products', open, async (_request, reply) =>
    reply.code(201).header('location', `/products/${knownProduct}`).send(product),
  );
  http.post('/products/import', open, async () => ({ created: 1, updated: 0, refused: [] }));
  http.patch('/products/:id', open, async () => product);
  http.delete('/products/:id', open, async (_request, reply) => reply.code(204).send());
  for (const url of ['/products/:id/stock', '/products/:id/prices'])
    http.get(url, open, async () => ({ items: [], nextCursor: null }));
  http.post('/products/:id/stock', open, async () => product);
  http.post('/products/:id/images', open, async (_request, reply) =>
    reply.code(201).send(beginImageAnswer.meta()?.['example']),
  );
  http.post('/products/:id/images/:upload/finish', open, async () => product);
  http.patch('/products/:id/images', open, async () => product);
  http.delete('/products/:id/images/:name', open, async (_request, reply) => reply.code(204).send());
  for (const url of ['/cart', '/cart/items', '/cart/items/:productId', '/cart/prices'])
    http.route({ method: ['GET', 'POST', 'PATCH', 'DELETE'], url, ...open, handler: async () => cart });
  const whole = messageAnswer.meta()?.['example'] as { readonly answer: string };
  for (const at of ['/api/ai', '/api/ai/bedrock']) {
    http.post(`${at}/start`, open, async (_request, reply) =>
      reply.code(201).send(conversationAnswer.meta()?.['example']),
    );
    http.post(`${at}/message`, open, async () => whole);
    http.post(`${at}/message/stream`, open, async (_request, reply) => {
      const parts = [
        { text: whole.answer, whole: null },
        { text: '', whole },
      ];
      const text = parts.map((part, index) => `id: ${index + 1}\nevent: answer\ndata: ${JSON.stringify(part)}\n\n`);
      return reply.type('text/event-stream').send(text.join(''));
    });
  }
  http.get('/api/ai/conversations/:id', open, async () => historyAnswer.meta()?.['example']);
  http.post('/api/ai/analyze-sentiment', open, async () => sentimentAnswer.meta()?.['example']);
  http.get('/payments', open, async () => ({ items: [payment], nextCursor: null }));
  http.get('/payments/:id', open, async () => ({ payment }));
  http.post('/reconciliations', open, async (_request, reply) =>
    reply.code(201).header('location', `/reconciliations/${knownReconciliation}`).send(reconciliation),
  );
  for (const url of ['/reconciliations', '/reconciliations/:id/drifts'])
    http.get(url, open, async () => ({ items: [], nextCursor: null }));
  http.get('/reconciliations/:id', open, async () => reconciliation);
  for (const { method, path: url, answers, answerHeaders } of Object.values<Door>(operationsDoors))
    for (const [status, schema] of Object.entries(answers))
      http.route({
        method,
        url,
        ...open,
        handler: async (_request, reply) => {
          if (answerHeaders) reply.header('location', '/operations/incidents/of-the-peer');
          return reply.code(Number(status)).send(schema.meta()?.['example']);
        },
      });
  http.post('/webhooks/stripe', open, async (_request, reply) => reply.code(204).send());
  http.get('/.well-known/jwks.json', open, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').send(tokens.jwks),
  );
  return {
    http,
    received,
    /** Lives on without its database from now on. */
    loseDatabase: () =>
      context.health.add('database', {
        critical: true,
        check: async () => {
          throw new Error('away');
        },
      }),
    /** Answers the list of products with something else from now on. */
    spoil: (answer: object) => {
      page = answer;
    },
  };
};
