import type { OrderServiceDefinition } from '../contracts/generated/cloudmart/order/v1/order.ts';
import type { UserServiceDefinition } from '../contracts/generated/cloudmart/user/v1/user.ts';
import { accountDoors } from '../contracts/http/accounts/account-doors.ts';
import { mailDoors } from '../contracts/http/accounts/mail-doors.ts';
import { sessionDoors } from '../contracts/http/accounts/session-doors.ts';
import { staffDoors } from '../contracts/http/accounts/staff-doors.ts';
import { apiPrefix } from '../contracts/http/api-prefix.ts';
import { assistantDoors } from '../contracts/http/assistant-doors.ts';
import { cartDoors } from '../contracts/http/cart-doors.ts';
import { productDoors } from '../contracts/http/catalogue/product-doors.ts';
import { keyDoors, siteDoors } from '../contracts/http/discovery-doors.ts';
import { operationsDoors } from '../contracts/http/operations/operations-doors.ts';
import { orderDoors } from '../contracts/http/order-doors.ts';
import { paymentDoors } from '../contracts/http/payment-doors.ts';
import { reconciliationDoors } from '../contracts/http/reconciliation-doors.ts';
import { siteConfig } from '../contracts/http/site-config.ts';
import { webhookDoors } from '../contracts/http/webhook-doors.ts';
import { createRotatingSecret } from '../kit/auth/rotating-secret.ts';
import type { Cache } from '../kit/cache/cache.ts';
import { valuesOf } from '../kit/config/held-secret.ts';
import type { ServiceContext } from '../kit/context.ts';
import { askByCalls } from '../kit/grpc/door-calls.ts';
import type { GrpcClient } from '../kit/grpc/grpc-client.ts';
import { addDoors } from '../kit/http/doors.ts';
import { withUnreadForms } from '../kit/http/form-bodies.ts';
import type { HttpClient } from '../kit/http/http-client.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { withTextBodies } from '../kit/http/text-bodies.ts';
import { systemClock } from '../kit/system-clock.ts';
import { createUserClient } from './clients/user-client.ts';
import type { GatewayConfig } from './config.ts';
import { adoptGuestAtLogIn } from './http/adopt-guest.ts';
import { addAuditTrail } from './http/audit-trail.ts';
import { accessTokenOfBrowser, browserSessions } from './http/browser-sessions.ts';
import { forwardTo } from './http/forward.ts';
import { forwardEventsTo } from './http/forward-events.ts';
import { forwardingOf } from './http/forwarding.ts';
import { createGuestSessions } from './http/guest-session.ts';
import { requireLiveSessions } from './http/live-sessions.ts';
import { endingSessionHere, logOutHere } from './http/log-out.ts';
import { keepOutOfCaches } from './http/no-store.ts';
import { requireSameOrigin } from './http/same-origin.ts';
import { shopDocumentation } from './http/shop-documentation.ts';
import { addStartPage } from './http/start-page.ts';
import { addUnsubscribePage } from './http/unsubscribe-page.ts';
import { watchUntilLast } from './http/watch-until-last.ts';

type Upstream = 'user' | 'product' | 'cart' | 'payment' | 'order' | 'assistant' | 'operations';

export type GatewayDependencies = {
  readonly users: GrpcClient<typeof UserServiceDefinition>;
  readonly orders: GrpcClient<typeof OrderServiceDefinition>;
  /** HTTP doors: those that are forwarded, the user service's for its keys, and everybody's for their health. */
  readonly upstreams: Readonly<Record<Upstream, HttpClient>>;
  /** Base URL of the assistant, whose answers are streams. */
  readonly assistantUrl: string;
  /** Counts rate limits over all replicas. */
  readonly cache: Cache;
};

/** Fifteen households behind one address, each with four open pages; a process has 1,000. */
const mostStreamsOfNetwork = 60;

/** Minutes' worth of questions that an address may ask in a day. */
const minutesOfQuestions = 100;

/** Pictures a minute for each other request that a network may send. */
const picturesOfRequest = 10;

/** The public door, for the process and for tests. */
export const gatewayApp = async (context: ServiceContext<GatewayConfig>, dependencies: GatewayDependencies) => {
  const { config, clock, health, functions, stopping, logger } = context;
  const { users, upstreams, cache } = dependencies;
  const accounts = askByCalls(users, accountDoors, forwardingOf);
  const userClient = createUserClient(users);
  const orders = askByCalls(dependencies.orders, orderDoors, forwardingOf);

  functions.register({ gatewayApp });
  health.add('cache', { critical: false, check: () => cache.check() });
  for (const [name, upstream] of Object.entries(upstreams))
    health.add(name, {
      critical: false,
      check: async () => {
        // Its own health, not whether it is alive: one that cannot reach its database serves nobody.
        await upstream.request({ method: 'GET', path: '/health', deadlineMs: 400 });
      },
    });

  const guests = createGuestSessions({
    secret: createRotatingSecret(config.own.GUEST_SESSION_SECRET, { clock: systemClock, logger }),
    clock,
  });
  const http = await createHttpServer({
    context,
    cache,
    requestsPerMinute: config.own.RATE_LIMIT_PER_MINUTE,
    mostInFlightOfNetwork: config.own.REQUESTS_AT_ONCE,
    allowedOrigins: config.own.ALLOWED_ORIGINS,
    guestSessions: guests,
    cdnProofs: valuesOf(config.own.CDN_PROOF),
    accessTokenOf: accessTokenOfBrowser,
    documentation: shopDocumentation,
  });
  requireSameOrigin(http, config.own.ALLOWED_ORIGINS);
  requireLiveSessions(http, userClient);
  addAuditTrail(http, logger);
  keepOutOfCaches(http);
  addStartPage(http);
  addUnsubscribePage(http);
  addDoors(http, siteDoors, { config: async () => siteConfig(config.own.ENVIRONMENT) });
  addDoors(http, keyDoors, forwardTo(upstreams.user, keyDoors));
  const attempts = http.rateLimit({
    max: config.own.LOGIN_LIMIT_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: ({ network }) => `attempt:${network}`,
  });
  const logOut = logOutHere(accounts.logOut, userClient);
  const adopting = adoptGuestAtLogIn(
    http,
    { ...accounts, logOut },
    { guests, orders: dependencies.orders, cart: upstreams.cart, logger },
  );
  const logOutEverywhere = endingSessionHere(accounts.logOutEverywhere, userClient);
  const deleteAccount = endingSessionHere(accounts.deleteAccount, userClient);
  const accountHandlers = { ...accounts, ...adopting, logOutEverywhere, deleteAccount };
  addDoors(http, accountDoors, accountHandlers, { prefix: apiPrefix, limits: { attempts } });
  withUnreadForms(http, (scope) =>
    addDoors(scope, mailDoors, askByCalls(users, mailDoors, forwardingOf), { prefix: apiPrefix, limits: { attempts } }),
  );
  const staff = askByCalls(users, staffDoors, forwardingOf);
  addDoors(http, staffDoors, staff, { prefix: apiPrefix });
  addDoors(http, sessionDoors, browserSessions(http, accountHandlers), { prefix: apiPrefix, limits: { attempts } });
  const watch: typeof orders.watch = (request, signal) =>
    watchUntilLast(() => orders.watch(request, signal), orderDoors.watch.events.isLast, signal);
  addDoors(http, orderDoors, { ...orders, watch }, { prefix: apiPrefix, stopping, mostStreamsOfNetwork });
  // A page of a catalogue shows a hundred of them, and each is kept for ever.
  const pictures = http.rateLimit({
    max: config.own.RATE_LIMIT_PER_MINUTE * picturesOfRequest,
    timeWindow: 60_000,
    keyGenerator: ({ network }) => `picture:${network}`,
  });
  const catalogue = forwardTo(upstreams.product, productDoors);
  addDoors(http, productDoors, catalogue, { prefix: apiPrefix, limits: { pictures } });
  addDoors(http, cartDoors, forwardTo(upstreams.cart, cartDoors), { prefix: apiPrefix });
  addDoors(http, paymentDoors, forwardTo(upstreams.payment, paymentDoors), { prefix: apiPrefix });
  const reconciliations = forwardTo(upstreams.order, reconciliationDoors);
  addDoors(http, reconciliationDoors, reconciliations, { prefix: apiPrefix });
  addDoors(http, operationsDoors, forwardTo(upstreams.operations, operationsDoors), { prefix: apiPrefix });
  withTextBodies(http, (scope) =>
    addDoors(scope, webhookDoors, forwardTo(upstreams.payment, webhookDoors), { prefix: apiPrefix }),
  );
  // A question costs what a model takes for it, whoever pays: so an address is counted over a day, too.
  const questions = (max: number, timeWindow: number) =>
    http.rateLimit({ max, timeWindow, keyGenerator: ({ network }) => `question:${timeWindow}:${network}` });
  const ofMinute = questions(config.own.ASSISTANT_LIMIT_PER_MINUTE, 60_000);
  const ofDay = questions(config.own.ASSISTANT_LIMIT_PER_MINUTE * minutesOfQuestions, 86_400_000);
  addDoors(
    http,
    assistantDoors,
    {
      ...forwardTo(upstreams.assistant, assistantDoors),
      ...forwardEventsTo({ baseUrl: dependencies.assistantUrl, service: 'assistant' }, assistantDoors),
    },
    { stopping, mostStreamsOfNetwork, limits: { assistant: [ofMinute, ofDay] } },
  );

  return {
    http,
    resources: [
      { name: 'users', close: () => users.close() },
      { name: 'orders', close: () => dependencies.orders.close() },
      ...Object.entries(upstreams).map(([name, upstream]) => ({ name, close: () => upstream.close() })),
      { name: 'cache', close: () => cache.close() },
    ],
  };
};
