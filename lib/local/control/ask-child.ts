/** What a supervising process and its child say to each other over their channel, which nobody else can write to. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { StartRefused } from '../start-refused.ts';
import type { Inspection } from './inspected-child.ts';

/** Loaded by a child that is asked to inspect itself, and not before. */
const INSPECTED = new URL('./inspected-child.ts', import.meta.url).href;

/**
 * Module that every child runs before its own file. One whose parent was killed must not live on: it asks itself to drain, and ends
 * after 5 s in any case.
 */
export const AT_HOME = `data:text/javascript,${encodeURIComponent(`
process.once('disconnect', () => {
  setTimeout(() => process.exit(1), 5000).unref();
  process.kill(process.pid, 'SIGTERM');
});
process.on('message', async (message) => {
  if (!message?.inspection) return;
  const { inspect } = await import(${JSON.stringify(INSPECTED)});
  const inspected = await inspect(message.inspection).then((bytes) => ({ bytes }), ({ message }) => ({ problem: message }));
  process.send({ inspected });
});
process.channel?.unref();
`)}`;

type Inspected = { readonly bytes: number } | { readonly problem: string };

/** Has the child write a file of itself; resolves to its size. Throws `StartRefused` when it cannot, dies, or takes longer. */
export const askChild = async (
  name: string,
  child: ChildProcess,
  inspection: Inspection,
  withinMs: number,
): Promise<number> => {
  const heard = Promise.withResolvers<Inspected>();
  const listen = (message: unknown) => {
    const { inspected } = (message ?? {}) as { inspected?: Inspected };
    if (inspected) heard.resolve(inspected);
  };
  const died = () => heard.resolve({ problem: 'it ended before that; it is started again, so ask once more' });
  child.on('message', listen).once('exit', died);
  const late = pause(withinMs, { problem: `it did not answer within ${withinMs / 1000} s` }, { ref: false });
  try {
    if (!child.connected) died();
    else child.send({ inspection }, (problem) => problem && died());
    const answer = await Promise.race([heard.promise, late]);
    if ('bytes' in answer) return answer.bytes;
    throw new StartRefused('service.not-inspected', `${name} wrote no file: ${answer.problem}`);
  } finally {
    child.off('message', listen).off('exit', died);
  }
};
