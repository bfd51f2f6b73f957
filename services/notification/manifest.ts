import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'notification',
  kind: 'lambda',
  summary: 'Mails customers what happened to their orders and accounts, each message once in effect.',
  ports: {},
  owns: {
    tables: {
      notifications: { partitionKey: 'notificationId', expiresAt: 'expiresAt', notes: 'sent-mails' },
      'postponed-mails': { partitionKey: 'queue', sortKey: 'due', expiresAt: 'expiresAt' },
    },
  },
  publishes: {},
  consumes: {
    'order-events': [
      'order.paid.v1',
      'order.shipped.v1',
      'order.delivered.v1',
      'order.payment-failed.v1',
      'order.cancelled.v1',
      'order.refunded.v1',
    ],
    'user-events': ['user.mail-requested.v1', 'user.reminder-requested.v1', 'user.reminder-withdrawn.v1'],
  },
  wakesEveryMinutes: 1,
  hearsMailFeedback: true,
  calls: [],
  reaches: ['ses', 'sent-mails'],
  criticalFunctions: [{ file: 'handler.ts', name: 'handler' }],
  configuration: {
    MAIL_FROM: {
      description: 'Sender address of every mail; it must be verified in SES.',
      kind: 'plain',
      sender: true,
      default: 'CloudMart <orders@cloudmart.example>',
    },
    ORDER_PAGE: {
      description:
        'Page of an order, linked in its mails, such as https://shop.example/orders/{id}; without it they have no link.',
      kind: 'plain',
      page: { site: 'storefront', path: '/orders/{id}' },
    },
    VERIFY_PAGE: {
      description:
        'Page that proves an address, such as https://shop.example/verify#{token}; without it mails show the code.',
      kind: 'plain',
      page: { site: 'storefront', path: '/verify#{token}' },
    },
    RESET_PAGE: {
      description:
        'Page that takes a new password, such as https://shop.example/reset#{token}; without it mails show the code.',
      kind: 'plain',
      page: { site: 'storefront', path: '/reset#{token}' },
    },
    CART_PAGE: {
      description:
        'Page of the cart, linked in reminders of it, such as https://shop.example/cart; without it they have no link.',
      kind: 'plain',
      page: { site: 'storefront', path: '/cart' },
    },
    UNSUBSCRIBE_PAGE: {
      description:
        'Page that stops reminders, such as https://shop.example/unsubscribe#{token}; without it and UNSUBSCRIBE_DOOR none is sent.',
      kind: 'plain',
      page: { site: 'storefront', path: '/unsubscribe#{token}' },
    },
    UNSUBSCRIBE_DOOR: {
      description:
        'Door that mail programs stop reminders by, such as https://shop.example/api/v1/mails/unsubscribe?token={token}.',
      kind: 'plain',
      page: { site: 'storefront', path: '/api/v1/mails/unsubscribe?token={token}' },
    },
    MAIL_SEAL_SECRET: {
      description: 'Secret that the user service seals addresses and links with in events.',
      kind: 'secret',
      acceptsPrevious: true,
      ownedBy: 'user',
    },
    PAID_MAILS_PER_HOUR: {
      description:
        'Mails about paid orders that one recipient gets in an hour, 0 for no limit; more wait for the next hour.',
      kind: 'plain',
      default: '60',
    },
  },
  scaling: { min: 0, max: 10, cpuPercent: 100 },
  size: { cpuMillis: 250, memoryMiB: 256 },
});
