import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { createHttpServer } from './http-server.ts';

describe('a door that shuts down', () => {
  it('finishes a request in flight and closes its connection instead of keeping it alive', async () => {
    const stopping = new AbortController();
    const http = await createHttpServer({ context: testContext(testManifest(), { stopping: stopping.signal }) });
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    http.get('/slow', { config: { access: 'public' } }, async () => {
      begun.resolve();
      await go.promise;
      return { done: true };
    });
    const { port } = new URL(await http.listen({ host: '127.0.0.1', port: 0 }));
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<string | undefined>((resolve, reject) => {
      request({ port, path: '/slow', agent }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.headers.connection));
      })
        .on('error', reject)
        .end();
    });
    await begun.promise;
    stopping.abort();
    const closed = http.close();
    go.resolve();
    expect(await answer).toBe('close');
    await closed;
    agent.destroy();
  });
});

describe('a body that arrives too slowly', () => {
  it("is the caller's fault: 408, and the connection is closed", async () => {
    const http = await createHttpServer({ context: testContext(testManifest()), deadlineMs: 200 });
    http.post('/echo', { config: { access: 'public' } }, async (body) => body.body);
    const { port } = new URL(await http.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      'POST /echo HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"name"',
    );
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request.timeout"');
    expect(answer).toMatch(/^connection: close/im);
    await http.close();
  });
});
