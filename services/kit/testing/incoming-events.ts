/** The shapes in which AWS hands events to a function, for tests. */
import type { IncomingEvent } from '../functions/read-records.ts';

const base64 = (value: string) => Buffer.from(value).toString('base64');

/** As AWS documents the event of a Kafka source: records by topic and partition, key and value in base64. */
export const msk = (records: readonly (readonly [key: string, value: string | undefined])[]): IncomingEvent =>
  ({
    eventSource: 'aws:kafka',
    eventSourceArn: 'arn:aws:kafka:us-east-1:111122223333:cluster/events/1',
    bootstrapServers: 'b-1.events:9098',
    records: {
      'order-events-0': records.map(([key, value], offset) => ({
        ...{ topic: 'order-events', partition: 0, offset, timestamp: 1772359200000, timestampType: 'CREATE_TIME' },
        key: base64(key),
        value: value === undefined ? undefined : base64(value),
        headers: [],
      })),
    },
  }) as unknown as IncomingEvent;

/** @public As all shapes here: a function is free to be called in any of them. */
export const sqs = (bodies: readonly string[]): IncomingEvent =>
  ({
    Records: bodies.map((body, at) => ({
      ...{ messageId: `message-${at}`, receiptHandle: 'handle', body, attributes: {}, messageAttributes: {} },
      ...{ md5OfBody: '', eventSource: 'aws:sqs', awsRegion: 'us-east-1' },
      eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:orders',
    })),
  }) as unknown as IncomingEvent;

const bridged = (detailType: string, source: string, detail: unknown) =>
  ({
    ...{ version: '0', id: 'bridge-1', 'detail-type': detailType, source, account: '111122223333' },
    ...{ time: '2026-03-01T10:00:00Z', region: 'us-east-1', resources: [], detail },
  }) as unknown as IncomingEvent;

/** @public */
export const eventBridge = (detail: unknown): IncomingEvent => bridged('order', 'order', detail);

/** The call of a rule with a rate. @public */
export const theClock: IncomingEvent = bridged('Scheduled Event', 'aws.events', {});

/** What SES tells of a mail that is out, as its configuration set publishes it to EventBridge. */
const mailFeedback = (detailType: string, eventType: string, to: string, told: object): IncomingEvent =>
  bridged(detailType, 'aws.ses', {
    eventType,
    mail: {
      timestamp: '2026-03-01T09:59:58.000Z',
      source: 'orders@example.com',
      sendingAccountId: '111122223333',
      messageId: '0100018f3a1c2b4d-00000000-0000-0000-0000-000000000000-000000',
      destination: [to],
      headersTruncated: false,
      headers: [{ name: 'To', value: to }],
      commonHeaders: { from: ['orders@example.com'], to: [to], subject: 'Your order is on its way' },
      tags: { 'ses:configuration-set': ['cloudmart-dev'], 'ses:from-domain': ['example.com'] },
    },
    ...told,
  });

const feedbackHead = { timestamp: '2026-03-01T10:00:00.000Z', feedbackId: '0100018f3a1c2b4d-000000' };

/** @public */
export const bounced = (to: string, bounceType: 'Permanent' | 'Transient' | 'Undetermined'): IncomingEvent =>
  mailFeedback('Email Bounced', 'Bounce', to, {
    bounce: {
      ...feedbackHead,
      ...{ bounceType, bounceSubType: 'General', reportingMTA: 'dsn; mta.example.com' },
      bouncedRecipients: [
        { emailAddress: to, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
      ],
    },
  });

/** `feedbackType` as the receiver names it; absent where it names none. @public */
export const complained = (to: string, feedbackType?: string): IncomingEvent =>
  mailFeedback('Email Complaint Received', 'Complaint', to, {
    complaint: {
      ...feedbackHead,
      ...{
        complainedRecipients: [{ emailAddress: to }],
        complaintSubType: null,
        userAgent: 'ExampleCorp Feedback 1.0',
      },
      ...(feedbackType && { complaintFeedbackType: feedbackType }),
    },
  });

/** The answer to a batch of which nothing must come back. */
export const allWell = { batchItemFailures: [] };
