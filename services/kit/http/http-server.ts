import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { type FastifyBaseLogger, type FastifyRequest, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { Cache } from '../cache/cache.ts';
import type { ServiceContext } from '../context.ts';
import { newTraceparent } from '../telemetry/tracing.ts';
import { addAccessControl, addAuthentication, type GuestSessions } from './access-control.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { addClientNetwork } from './client-network.ts';
import { addDocumentation, type DocumentationOptions } from './documentation.ts';
import { handleError } from './error-handler.ts';
import type { HttpServer } from './fastify-zod.ts';
import { addHealthRoutes, addMetricsRoute } from './health-routes.ts';
import { addHttpMetrics } from './http-metrics.ts';
import { addInFlightLimit } from './in-flight-limit.ts';
import { addJsonBody } from './json-body.ts';
import { addNotFound } from './not-found.ts';
import { addRateLimit, type CountRequest } from './rate-limit.ts';
import { addRequestRules } from './request-rules.ts';

export type { HttpServer };

export type HttpServerOptions = {
  readonly context: ServiceContext<unknown>;
  /** Checks access tokens; default `context.verifyToken`. */
  readonly verifyToken?: TokenVerifier;
  /** Largest body in bytes; default 64 KiB. */
  readonly bodyLimit?: number;
  /** Milliseconds from the first byte to the answer; default 15,000. A route may set its own `handlerTimeout`. */
  readonly deadlineMs?: number;
  /** Addresses or CIDRs of proxies whose `x-forwarded-for` is believed; default `TRUSTED_PROXIES`. */
  readonly trustedProxies?: readonly string[];
  /** Secrets with which the shop's content delivery network vouches for the address of a viewer; default none is believed. */
  readonly cdnProofs?: readonly string[];
  /** Counts rate limits, across replicas when it is shared; default this process alone. */
  readonly cache?: Cache;
  /** Requests a minute from one caller or address over all routes; default no limit. Routes may set their own. */
  readonly requestsPerMinute?: number;
  /** Requests answered at a time before 503; default 1,000. */
  readonly mostInFlight?: number;
  /** Requests of one network answered at a time before 429; default no limit: callers that are services share few addresses. */
  readonly mostInFlightOfNetwork?: number;
  /** Milliseconds that a client may take to read an answer; default 30,000. */
  readonly sendingMs?: number;
  /** Further prefixes under which the health routes are served, such as `/api/v1`. */
  readonly healthPrefixes?: readonly string[];
  /** Origins such as `https://shop.example` from which browsers may call with cookies; default none but the own one. */
  readonly allowedOrigins?: readonly string[];
  /** Keys of guests' sessions, where strangers call; default ids that other services pass on. */
  readonly guestSessions?: GuestSessions;
  /** Finds the access token of a request that has none in its `authorization` header, such as in a cookie; default nowhere. */
  readonly accessTokenOf?: (request: FastifyRequest) => string | undefined;
  /** What `/docs` says beside the routes; default the manifest's summary. */
  readonly documentation?: DocumentationOptions;
};

/**
 * HTTP door of a service. Returned before it listens: add routes, then hand it to `runService` as `http`.
 * It brings health, metrics, OpenAPI and documentation routes, one error shape, access control and deadlines.
 */
export const createHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const { context, deadlineMs = 15_000, bodyLimit = 64 * 1024 } = options;
  let countRequest: CountRequest = async () => {};
  const trustedProxies = options.trustedProxies ?? context.config.trustedProxies;
  const http = fastify({
    loggerInstance: context.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    requestTimeout: deadlineMs,
    handlerTimeout: deadlineMs,
    // Longer than the 60 s after which an AWS load balancer drops an idle connection, so that it never reuses a closed one.
    keepAliveTimeout: 75_000,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: () => randomUUID(),
    // Each line has its trace id already; a child logger for every request would cost more than the routing.
    childLoggerFactory: (logger) => logger,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 100 },
    frameworkErrors: (error, request, reply) => {
      // Raised while the request is routed, before any hook could give it a trace.
      request.traceparent ||= newTraceparent();
      void countRequest(request).then(
        () => handleError(error, request, reply),
        (refusal: unknown) => handleError(refusal, request, reply),
      );
    },
    clientErrorHandler: answerBrokenRequest,
  }).withTypeProvider<ZodTypeProvider>();

  http.setValidatorCompiler(validatorCompiler);
  http.setSerializerCompiler(serializerCompiler);
  http.setErrorHandler(handleError);
  http.removeContentTypeParser('text/plain');
  addJsonBody(http);

  addClientNetwork(http, options.cdnProofs);
  addRequestRules(http, { deadlineMs, stopping: context.stopping });
  addHttpMetrics(http, context.metrics);
  addInFlightLimit(http, {
    mostInFlight: options.mostInFlight ?? 1_000,
    mostOfNetwork: options.mostInFlightOfNetwork,
    deadlineMs,
    sendingMs: options.sendingMs,
  });
  await http.register(cookie);
  await http.register(helmet, {
    contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  addAuthentication(http, options.verifyToken ?? context.verifyToken, options.guestSessions, options.accessTokenOf);
  countRequest = await addRateLimit(http, { ...options, service: context.manifest.name, clock: context.clock });
  http.addHook('onRequest', async (request) => {
    if (request.method === 'OPTIONS') await countRequest(request);
  });
  // Before access control: a browser asks for permission without the token that it wants to send.
  if (options.allowedOrigins?.length)
    await http.register(cors, {
      origin: [...options.allowedOrigins],
      credentials: true,
      methods: ['GET', 'POST', 'PATCH', 'DELETE'],
      exposedHeaders: ['x-request-id', 'retry-after', 'location', 'idempotent-replayed'],
      maxAge: 600,
    });
  // After CORS, so that a page of an allowed origin can read that it must wait.
  http.addHook('onRequest', async (request) => {
    if (request.method !== 'OPTIONS') await countRequest(request);
  });
  addAccessControl(http, options.guestSessions);
  addNotFound(http);
  await addDocumentation(http, context.manifest, options.documentation);
  // Figures and names of neighbours are for operators; behind a load balancer they have the listener of the probes.
  const showsDetails = !(context.manifest.public && context.config.probePort !== undefined);
  addHealthRoutes(http, context, { prefixes: ['', ...(options.healthPrefixes ?? [])], showsDetails });
  if (showsDetails) addMetricsRoute(http, context);
  return http;
};
