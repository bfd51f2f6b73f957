import type { PlantedBug } from './planted-bug.ts';

const STATEMENTS = 'services/order/storage/order-statements.ts';
const REPOSITORY = 'services/order/storage/order-repository.ts';
const STOCK = 'services/product/storage/stock-statements.ts';

/** Bugs of orders, money, stock and mails. */
export const purchaseBugs: readonly PlantedBug[] = [
  {
    name: 'outbox-outside-transaction',
    sentence: 'a change is committed before its event is noted for the others',
    caughtBy: 'O',
    edits: [
      {
        file: STATEMENTS,
        find: `  ), event AS (\${eventsIf('allowed', '$5')}
  ), noted AS (\${insertOutboxFrom('order-events', 'event')}
  )
  SELECT FROM allowed\``,
        replace: `  ), event AS (\${eventsIf('allowed', '$5')}
  )
  SELECT FROM allowed WHERE (SELECT count(*) FROM event) >= 0\``,
      },
      {
        file: REPOSITORY,
        find: "[...values, published], { name: 'append-events' });\n",
        replace: `[...values, published], { name: 'append-events' });
        const { insertOutboxFrom } = await import('../../kit/events/outbox.ts');
        await to.query(\`WITH event AS (SELECT unnest($1::jsonb[]) AS payload) \${insertOutboxFrom('order-events', 'event')}\`, [published]);
`,
      },
    ],
  },
  {
    name: 'late-capture-ignored',
    sentence: 'a purchase that is given up does not ask what became of its payment',
    caughtBy: 'M',
    edits: [
      {
        file: 'services/order/use-cases/process-order.ts',
        find: 'const payment = await payments.cancel(',
        replace: "const payment = order.cancelReason === 'timed-out' ? null : await payments.cancel(",
      },
    ],
  },
  {
    name: 'refund-not-idempotent',
    sentence: 'each try of a refund is another refund to the provider',
    caughtBy: 'M',
    edits: [
      {
        file: 'services/payment/use-cases/refund-payment.ts',
        find: 'refundId: wish.refundId, amount }',
        replace: `refundId: \`\${wish.refundId}-\${performance.now()}\`, amount }`,
      },
    ],
  },
  {
    name: 'reserve-without-lock',
    sentence: 'units are looked at, and then taken, by two buyers at once',
    caughtBy: 'S',
    edits: [
      {
        file: STOCK,
        find: `  WHERE stock.product_id = ANY (\${plannedOnce('$2', 'text')})\n  ORDER BY stock.product_id\n  FOR UPDATE OF stock\n`,
        replace: `  WHERE stock.product_id = ANY (\${plannedOnce('$2', 'text')})\n  ORDER BY stock.product_id\n`,
      },
    ],
  },
  {
    name: 'sweeper-frees-sold',
    sentence: 'the job that frees unpaid units frees sold ones too',
    caughtBy: 'S',
    edits: [
      {
        file: STOCK,
        find: "  WHERE status = 'reserved' AND reserved_until <= $1\n",
        replace: "  WHERE status IN ('reserved', 'committed') AND coalesce(reserved_until, created_at) <= $1\n",
      },
      {
        file: STOCK,
        find: '  UPDATE stock SET free = locked.free + locked.quantity, reserved = locked.reserved - locked.quantity\n',
        replace: '  UPDATE stock SET free = locked.free + locked.quantity, sold = locked.sold - locked.quantity\n',
      },
    ],
  },
  {
    name: 'key-saved-after-order',
    sentence: 'that a key has its order is noted after the order is written',
    caughtBy: 'K',
    edits: [
      {
        file: STATEMENTS,
        find: 'UPDATE idempotency_keys SET order_id = $1 WHERE key = $4 AND fingerprint = $5 AND attempt = $6 AND order_id IS NULL RETURNING 1',
        replace:
          'SELECT 1 FROM idempotency_keys WHERE key = $4 AND fingerprint = $5 AND attempt = $6 AND order_id IS NULL',
      },
      {
        file: REPOSITORY,
        find: "await to.query(placeOrder, values, { name: 'place-order' });\n",
        replace: `await to.query(placeOrder, values, { name: 'place-order' });
        await to.query('UPDATE idempotency_keys SET order_id = $1 WHERE key = $2', [order.id, key]);
`,
      },
    ],
  },
  {
    name: 'key-in-flight-for-ever',
    sentence: 'a key whose request died is never given to another try',
    caughtBy: 'H',
    edits: [
      {
        file: 'services/order/storage/idempotency-keys.ts',
        find: 'AND order_id IS NULL AND claimed_until < $5::timestamptz\n',
        replace: 'AND order_id IS NULL AND claimed_until < $5::timestamptz AND false\n',
      },
    ],
  },
  {
    name: 'mail-sent-again-unasked',
    sentence: 'who takes over a mail neither asks the provider for it nor sends it under its own name',
    caughtBy: 'C',
    edits: [
      {
        file: 'services/notification/use-cases/send-once.ts',
        find: '  if (claim.attempt > 1) {\n',
        replace: '  if (claim.attempt > 1_000) {\n',
      },
      {
        file: 'services/kit/mail/folder-mail-sender.ts',
        find: `\`\${notificationId.replaceAll(':', '.')}.json\``,
        replace: `\`\${notificationId.replaceAll(':', '.')}.\${randomUUID()}.json\``,
      },
    ],
  },
];
