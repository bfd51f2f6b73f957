import { Agent, request } from 'node:http';
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
