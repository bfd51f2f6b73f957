/** What stands for a rule of EventBridge on this machine: calls a function again and again, one call after the other. */
import type { EventBridgeEvent } from 'aws-lambda';
import type { Logger } from '../telemetry/logger.ts';
import { type InvokeParts, invokeHandler } from './invoke-handler.ts';

/** The event of a rule with a rate (Amazon EventBridge User Guide, "Rules that run on a schedule"). */
const scheduledEvent = (id: string, at: Date): EventBridgeEvent<'Scheduled Event', Record<string, never>> => ({
  version: '0',
  id,
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '000000000000',
  time: at.toISOString(),
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:000000000000:rule/local'],
  detail: {},
});

export type ScheduleParts = InvokeParts & {
  /** Milliseconds from the end of one call to the next. */
  readonly everyMs: number;
  readonly logger: Logger;
};

export type RunningSchedule = {
  /** Waits for the call in hand; no other begins. */
  close(): Promise<void>;
};

/** Calls the function until it is closed. A call that fails is logged; the next one comes as if nothing had been. */
export const startSchedule = (parts: ScheduleParts): RunningSchedule => {
  const { everyMs, logger, pause, now, requestId } = parts;
  const closing = new AbortController();
  const run = async () => {
    for (;;) {
      await pause(everyMs, closing.signal).catch(() => undefined);
      if (closing.signal.aborted) return;
      await invokeHandler(parts, scheduledEvent(requestId(), now())).catch((error: unknown) =>
        logger.error({ error }, 'the call by the clock failed'),
      );
    }
  };
  const running = run();
  return {
    close: async () => {
      closing.abort();
      await running;
    },
  };
};
