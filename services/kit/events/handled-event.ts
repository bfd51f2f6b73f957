/** The line that a consumer logs for each event whose effect is committed, and how it is found again by its trace. */
import { z } from 'zod';
import { traceIdOf } from '../telemetry/tracing.ts';
import type { CloudEvent } from './cloud-event.ts';

export const handledMessage = 'event handled';

/** Fields of the line. Of the event itself only what names it: its data may be a customer's. */
export type HandledEvent = {
  readonly topic: string;
  readonly type: string;
  readonly eventId: string;
  readonly subject: string;
  readonly traceId?: string | undefined;
};

export const handledEvent = (
  topic: string,
  { type, id, subject, traceparent }: Pick<CloudEvent, 'type' | 'id' | 'subject' | 'traceparent'>,
): HandledEvent => ({
  topic,
  type,
  eventId: id,
  subject,
  ...(traceparent && { traceId: traceIdOf(traceparent) }),
});

const line = z.object({
  message: z.literal(handledMessage),
  topic: z.string(),
  type: z.string(),
  eventId: z.string(),
  subject: z.string(),
  traceId: z.string().optional(),
});

/** What such a line of a log says; undefined for any other line, also one that is cut or no JSON. */
export const readHandledEvent = (text: string): HandledEvent | undefined => {
  if (!text.includes(handledMessage)) return undefined;
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};
