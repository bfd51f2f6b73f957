/** Calls a Lambda handler on this machine as AWS does: with a context, and for no longer than its time. */
import type { Context } from 'aws-lambda';

export type LambdaHandler = (event: never, context: Context) => unknown;

export type InvokeParts = {
  readonly name: string;
  readonly handler: LambdaHandler;
  /** Milliseconds that one invocation may take. */
  readonly timeoutMs: number;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => Date;
  readonly requestId: () => string;
};

const MEMORY_MIB = '256';

/** The part of Lambda's context that means something outside Lambda. */
const contextOf = (name: string, requestId: string, endsAt: number, now: () => Date): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: name,
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  memoryLimitInMB: MEMORY_MIB,
  awsRequestId: requestId,
  logGroupName: `/aws/lambda/${name}`,
  logStreamName: 'local',
  getRemainingTimeInMillis: () => Math.max(0, endsAt - now().getTime()),
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

/**
 * Calls the handler once. Rejects when it throws, or takes longer than its time: a handler that hangs cannot be stopped from
 * outside, only left.
 */
export const invokeHandler = async (parts: InvokeParts, event: unknown): Promise<unknown> => {
  const { name, handler, timeoutMs, pause, now, requestId } = parts;
  const done = new AbortController();
  const tooLate = pause(timeoutMs, done.signal).then(() => {
    throw new Error(`the function took longer than ${timeoutMs} ms`);
  });
  try {
    const context = contextOf(name, requestId(), now().getTime() + timeoutMs, now);
    return await Promise.race([handler(event as never, context), tooLate]);
  } finally {
    tooLate.catch(() => undefined);
    done.abort();
  }
};
