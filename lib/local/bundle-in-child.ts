/** Bundles in a process of its own: the compiler takes 500 MB, which must not stay with the platform. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Bundle } from '../bundle/bundle.ts';
import { StartRefused } from './start-refused.ts';

/** Bundles that come one after the other; each can be waited for by its service's name. */
export type PendingBundles = {
  /** Rejects with `StartRefused` and the compiler's sentence when bundling fails first. */
  of(service: string): Promise<Bundle>;
};

/** Starts bundling the named services into a folder; gives up when the signal is aborted. */
export const bundleInChild = (
  root: string,
  names: readonly string[],
  into: string,
  signal: AbortSignal,
): PendingBundles => {
  const child = spawn(
    process.execPath,
    [path.join(root, 'bin/cloudmart.ts'), 'bundle', ...names, '--out', into, '--no-prove', '--json'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, because the compiler is a child of the child and would outlive it.
      detached: true,
    },
  );
  const waiting = new Map<string, PromiseWithResolvers<Bundle>>();
  const slot = (service: string) => {
    const known = waiting.get(service);
    if (known) return known;
    const made = Promise.withResolvers<Bundle>();
    // A failure is met by those who wait for this bundle; nobody may be waiting yet.
    made.promise.catch(() => undefined);
    waiting.set(service, made);
    return made;
  };
  let failure: Error | undefined;
  const fail = (problem: Error) => {
    failure ??= problem;
    for (const { reject } of waiting.values()) reject(failure);
  };
  const giveUp = () => {
    fail(signal.reason as Error);
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  };
  signal.addEventListener('abort', giveUp, { once: true });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const bundle = JSON.parse(line) as Bundle | { bundles: unknown };
    if ('service' in bundle) slot(bundle.service).resolve(bundle);
  });
  const complaint = text(child.stderr);
  child.once('error', fail);
  once(child, 'close').then(
    async ([code]) => {
      signal.removeEventListener('abort', giveUp);
      if (code !== 0)
        fail(
          new StartRefused(
            'bundle.refused',
            (await complaint).trim().replace(/^cloudmart: /, '') || `bundling ended with exit code ${code}`,
          ),
        );
    },
    () => undefined,
  );
  return {
    of: (service) => {
      const { promise, reject } = slot(service);
      if (failure) reject(failure);
      return promise;
    },
  };
};
