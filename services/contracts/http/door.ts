/**
 * A door: one entry in the table of a service. Its route, the gateway's way to it, its description and the typed client all
 * follow from the entry, so that none of them can differ.
 */
import { z } from 'zod';

export type Door = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/orders/:id`, below whatever prefix the table is served under. */
  readonly path: string;
  /** Who may call it; `customer` is any signed-in person. */
  readonly access: 'public' | 'customer' | 'customer-or-guest' | 'staff' | 'admin';
  /**
   * How the public door treats a visitor without token and session, default as nobody: it gives a session, and the visitor
   * goes on with it, or asks again under it.
   */
  readonly newGuest?: 'goes-on' | 'asks-again';
  /** Name of a limit that counts all its doors together, instead of the limit of all doors. */
  readonly limit?: string;
  readonly tags: readonly string[];
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Those that the door reads; others may come along. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The status of success, and what is answered then; nothing where events are told. */
  readonly answers: Readonly<Partial<Record<200 | 201 | 204, z.ZodType>>>;
  /** Headers of the answer that belong to its meaning. */
  readonly answerHeaders?: z.ZodObject;
  /**
   * How caches may keep the answer (RFC 9111), unless its own headers say otherwise. It then has an ETag, and who names that in
   * `if-none-match` is answered 304 while it is the same.
   */
  readonly cacheControl?: string;
  /** Media types of an answer that is not JSON: `answers` is then {@link bytesSchema}, and `answerHeaders` has the `content-type`. */
  readonly media?: readonly string[];
  /** Server-sent events, whose ids rise; `isLast` says after which none can follow. */
  readonly events?: { readonly name: string; readonly data: z.ZodType; isLast(data: never): boolean };
  /** Codes with which this door refuses what others would not; not those of sign-in, of limits and of services that are away. */
  readonly errors?: readonly string[];
  /** Largest body in bytes; default 64 KiB. */
  readonly bodyLimit?: number;
  /** Milliseconds from the request to its answer; default 15,000. */
  readonly deadlineMs?: number;
  /**
   * The gRPC method that is the same door: its request holds the fields of path, query, headers and body, its answer those
   * of body and headers. `answer` names the field that holds the body, where the answer is not the body itself.
   */
  readonly rpc?: { readonly method: string; readonly answer?: string };
};

export type Doors = Readonly<Record<string, Door>>;

/** An answer that is not JSON. */
export const bytesSchema = z.instanceof(Uint8Array);

/** Where to find what was made, below the prefix of the doors. */
export const locationHeader = z.string().regex(/^\/[\w/-]+$/);
