import { createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { isConnectionFailure } from '../../services/kit/storage/database-failure.ts';
import { listen } from '../../services/kit/testing/loopback.ts';
import { openFacts } from './open-facts.ts';

test('a database that takes a connection and says nothing ends the question, and is known to be away', async () => {
  const open = new Set<Socket>();
  const silent = createServer((socket) => open.add(socket.on('error', () => undefined)));
  const url = `postgresql://laws@127.0.0.1:${await listen(silent)}/orders`;
  const databases = { orders: url, products: url, payments: url };
  const { facts, close } = await openFacts({
    databases,
    events: url,
    services: [],
    mailFolder: '/nonexistent',
    tables: {},
  });
  try {
    const asked = facts().orders('SELECT 1');
    await expect(asked.catch((problem: unknown) => isConnectionFailure(problem))).resolves.toBe(true);
  } finally {
    for (const socket of open) socket.destroy();
    await close();
    silent.close();
  }
});
