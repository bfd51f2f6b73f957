/**
 * As much of k6 as the load script uses, over `fetch`, so that its requests are tried without k6 (AGPL; its binary is not ours to ship).
 * Source: Grafana k6 documentation, "JavaScript API".
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createCookieFetch } from '../../shop/cookie-fetch.ts';

export type Recorded = { readonly checks: Record<string, boolean[]>; readonly metrics: Record<string, number[]> };

/** What was checked and measured since the last `begin`. */
export let recorded: Recorded = { checks: {}, metrics: {} };
let request = createCookieFetch();

/** Begins a turn of a virtual user: no cookies, nothing recorded. */
export const begin = (): void => {
  recorded = { checks: {}, metrics: {} };
  request = createCookieFetch();
};

const put = (into: Record<string, unknown[]>, name: string, value: unknown) => {
  into[name] = [...(into[name] ?? []), value];
};

export const check = <T>(value: T, checks: Readonly<Record<string, (value: T) => boolean>>): boolean =>
  Object.entries(checks)
    .map(([name, holds]) => {
      const isTrue = holds(value);
      put(recorded.checks, name, isTrue);
      return isTrue;
    })
    .every(Boolean);

/** k6 blocks; here nobody waits for it, since the loop that looks again awaits its request. */
export const sleep = (seconds: number): void => {
  asleep = pause(seconds * 1_000);
};
let asleep: Promise<void> = Promise.resolve();

class Metric {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  add(value: number): void {
    put(recorded.metrics, this.name, value);
  }
}

export { Metric as Counter, Metric as Trend };

type Params = { readonly headers: Record<string, string> };

export default {
  expectedStatuses: () => undefined,
  asyncRequest: async (method: string, url: string, body: string | undefined, { headers }: Params) => {
    await asleep;
    const answer = await request(url, { method, headers, ...(body !== undefined && { body }) });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: Object.fromEntries(
        // k6 names headers as Go does.
        [...answer.headers].map(([name, value]) => [
          name.replaceAll(/(^|-)[a-z]/g, (part) => part.toUpperCase()),
          value,
        ]),
      ),
      json: () => JSON.parse(text),
    };
  },
};
