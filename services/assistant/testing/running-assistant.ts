/** The whole assistant on a table of its own, with its doors open and the catalogue and the orders of a running shop behind it. */
import type * as z from 'zod';
import { createShopClient } from '../../contracts/http/client.ts';
import { testContext } from '../../kit/testing/context.ts';
import { requireDeclaredRefusals } from '../../kit/testing/declared-refusals.ts';
import { startTables } from '../../kit/testing/embedded-tables.ts';
import { stopWhole } from '../../kit/testing/whole-service.ts';
import { type AssistantParts, assistantApp } from '../app.ts';
import { assistantConfig } from '../config.ts';
import { manifest } from '../manifest.ts';

/** What the manifest's defaults become, with some values of a test's own. */
const ownOf = (values: Partial<z.input<typeof assistantConfig>>) => {
  const defaults = Object.entries(manifest.configuration).flatMap(([key, declared]) =>
    'default' in declared ? [[key, declared.default]] : [],
  );
  return assistantConfig.parse({ ...Object.fromEntries(defaults), ...values });
};

export type AssistantOptions = Pick<AssistantParts, 'bedrock'> & {
  /** Base URLs of `user`, `product` and `order`. */
  readonly urls: Readonly<Record<string, string>>;
  readonly own?: Partial<z.input<typeof assistantConfig>>;
};

export const startAssistant = async ({ urls, own = {}, ...parts }: AssistantOptions) => {
  const tables = await startTables(manifest);
  const context = testContext(manifest, {
    own: ownOf(own),
    config: {
      tables: { conversations: 'conversations' },
      callees: Object.fromEntries(manifest.calls.map((name) => [name, { url: urls[name] }])),
    },
  });
  const running = await assistantApp(context, { ...parts, tableClient: tables.client });
  const { http } = running;
  if (!http) throw new Error('the assistant has a door');
  const baseUrl = await http.listen({ host: '127.0.0.1', port: 0 });
  return {
    baseUrl,
    context,
    /** The doors as somebody with this token, or as a guest of this session. */
    as: ({ token, sessionId }: { readonly token?: string; readonly sessionId?: string }) =>
      createShopClient({
        baseUrl,
        token,
        deadlineMs: 60_000,
        ...(sessionId !== undefined && { headers: { 'x-session-id': sessionId } }),
      }).assistant,
    /** A figure by its whole name with labels; 0 where nothing was counted. */
    figure: async (name: string, labels: Readonly<Record<string, string>>): Promise<number> => {
      const { text } = await context.metrics.page();
      const line = text
        .split('\n')
        .find(
          (each) =>
            each.startsWith(`${name}{`) &&
            Object.entries(labels).every(([key, value]) => each.includes(`${key}="${value}"`)),
        );
      return Number(line?.split(' ').at(-1) ?? 0);
    },
    stop: async () => {
      await requireDeclaredRefusals(context);
      await stopWhole(running);
      await tables.stop();
    },
  };
};

export type RunningAssistant = Awaited<ReturnType<typeof startAssistant>>;
