import type { GrpcServer } from '../grpc/grpc-server.ts';
import type { HttpServer } from '../http/fastify-zod.ts';
import type { Consumption } from '../manifest.ts';

/** Work beside requests: a relay, a consumer, jobs, a sweeper. */
export type Background = {
  readonly name: string;
  /** Called once the doors are open; absent: it runs already. */
  readonly start?: () => unknown;
  /** Takes nothing new, finishes what is in hand. */
  readonly stop: () => unknown;
  /** Events that it handles; together they must be exactly what the manifest consumes. */
  readonly handles?: Consumption;
};

/** A pool or connection that others use; closed after everything else. */
export type ClosableResource = { readonly name: string; readonly close: () => unknown };

/** What `app.ts` returns. Everything is optional; lists stop and close in the order in which they are written. */
export type RunningService = {
  readonly http?: HttpServer;
  readonly grpc?: GrpcServer;
  readonly background?: readonly Background[];
  readonly resources?: readonly ClosableResource[];
};
