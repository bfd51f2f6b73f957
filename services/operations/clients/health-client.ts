/** Asks a service how it is. No breaker stands between: the answer of one that is unwell is what is wanted. */
import { Agent, request } from 'undici';
import * as z from 'zod';

const answerSchema = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  uptimeSeconds: z.number(),
  memoryMiB: z.number(),
  checks: z.record(
    z.string(),
    z.object({
      status: z.enum(['up', 'down']),
      critical: z.boolean(),
      durationMs: z.number(),
      error: z.string().optional(),
    }),
  ),
});

/** What a service says of itself. */
export type OwnHealth = z.output<typeof answerSchema>;

/** Milliseconds for one service: its own checks take at most 500. */
export const healthDeadlineMs = 2_000;

/** A service tells a few checks; what is longer is not its health. */
const longestAnswer = 256 * 1024;

export type HealthClient = {
  /** What the service at this base URL says of itself, well or not. Throws when it says nothing, or nothing that is its health. */
  ask(baseUrl: string): Promise<OwnHealth>;
  close(): Promise<void>;
};

export const createHealthClient = (): HealthClient => {
  const agent = new Agent({ connect: { timeout: healthDeadlineMs }, maxResponseSize: longestAnswer });
  return {
    ask: async (baseUrl) => {
      const { body } = await request(`${baseUrl}/health/detailed`, {
        dispatcher: agent,
        signal: AbortSignal.timeout(healthDeadlineMs),
      });
      return answerSchema.parse(await body.json());
    },
    close: () => agent.close(),
  };
};
