import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/**
 * What may be lost at any time: copies and counters. A cache that fails answers as if it were empty and never throws,
 * so that no caller needs a second way of failing. Values are JSON.
 */
export type Cache = {
  get<T>(key: string): Promise<T | undefined>;
  /** Keeps the value for `ttlSeconds` at most; up to a tenth less, so that what was set together does not end together. */
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>;
  /** Lost while the cache is away: a copy may then be served until its time is over. */
  delete(key: string): Promise<void>;
  /** Adds one and returns the count; the count starts over `ttlSeconds` after its first increment. 0 while the cache is away. */
  increment(key: string, ttlSeconds: number): Promise<number>;
  /** Throws when the cache does not answer; for health checks only. */
  check(): Promise<void>;
  close(): Promise<void>;
};

export type CacheOptions = {
  /** Begins all keys in a shared cache, so that services never meet; the name of the service. Default `cloudmart`. */
  readonly namespace?: string;
  /** Notes when a shared cache goes away and comes back. */
  readonly logger?: Logger;
  /** Counts hits and misses as `cache_requests_total`, and what a shared cache did not carry out as `cache_failures_total`. */
  readonly metrics?: Metrics;
  /** Most entries of the in-process cache; default 10,000. */
  readonly maxEntries?: number;
  /** Most characters of all values in the in-process cache; default 8 Mi. */
  readonly maxCharacters?: number;
  /** Milliseconds that a command of a shared cache may take; default 250. */
  readonly commandDeadlineMs?: number;
};
