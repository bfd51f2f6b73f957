/** The events that AWS hands over, in each of the three shapes in which they can come, and how a failed one is named. */
import type { EventBridgeEvent, MSKEvent, SQSEvent } from 'aws-lambda';

export type IncomingEvent = MSKEvent | SQSEvent | EventBridgeEvent<string, unknown>;

export type IncomingRecord = {
  /** The event as JSON text. */
  readonly value: string;
  /** Records of one lane, those of one key, must be handled in order: after a failed one its lane waits. */
  readonly lane: string;
  /** How the platform wants a failed record to be named; null where the whole invocation fails instead. */
  readonly failure: {
    readonly itemIdentifier: string | { readonly partition: string; readonly offset: number };
  } | null;
  /**
   * Name by which a record that nobody can read is put aside, where it would hold up all behind it: in a log.
   * Null where the platform puts it aside by itself.
   */
  readonly parkAs: string | null;
};

/**
 * Whether this is a call by the clock and brings no record.
 * @public No function of a shop need wake by the clock.
 */
export const isScheduled = (event: IncomingEvent): boolean =>
  'detail-type' in event && event['detail-type'] === 'Scheduled Event' && event.source === 'aws.events';

/**
 * Whether SES tells what became of a mail.
 * @public A shop without mails hears nothing of them.
 */
export const isMailFeedback = (event: IncomingEvent): event is EventBridgeEvent<string, unknown> =>
  'detail-type' in event && event.source === 'aws.ses';

const isMsk = (event: IncomingEvent): event is MSKEvent => 'records' in event;
const isSqs = (event: IncomingEvent): event is SQSEvent => 'Records' in event;

const parseIfJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * An event that went through EventBridge arrives as `detail`; in SQS it may be wrapped so as well.
 * Never throws: what cannot be read fails as a record of its own, and not the batch around it.
 */
const unwrap = (text: string): string => {
  const parsed = parseIfJson(text);
  const isWrapped = typeof parsed === 'object' && parsed !== null && 'detail-type' in parsed && 'detail' in parsed;
  return isWrapped ? JSON.stringify(parsed.detail) : text;
};

export const readRecords = (event: IncomingEvent): IncomingRecord[] => {
  if (isMsk(event))
    return Object.entries(event.records).flatMap(([partition, records]) =>
      records.map(({ key, value, offset }) => ({
        // Kafka lets a record have no value, which the type does not say; an empty text fails like any other that is no event.
        value: Buffer.from(value ?? '', 'base64').toString('utf8'),
        lane: `${partition}/${key}`,
        failure: { itemIdentifier: { partition, offset } },
        parkAs: `${partition}/${offset}`,
      })),
    );
  if (isSqs(event))
    return event.Records.map(({ body, messageId }) => ({
      value: unwrap(body),
      lane: messageId,
      failure: { itemIdentifier: messageId },
      parkAs: null,
    }));
  return [{ value: JSON.stringify(event.detail), lane: event.id, failure: null, parkAs: null }];
};
