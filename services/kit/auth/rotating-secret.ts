import { callSecretProblem } from '../call-secret.ts';
import { type HeldSecret, valuesOf } from '../config/held-secret.ts';
import { type LoadSecret, loadSecretFromAws } from '../config/load-secret.ts';
import { isPlaceholder } from '../config/placeholder.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Clock } from '../values/clock.ts';

/** Least milliseconds between two looks for a rotated secret; what an attacker makes up must not become load. */
const lookPauseMs = 30_000;

/** A secret that may be rotated while what it signed or sealed is still on its way. */
export type RotatingSecret = {
  /** Signs and seals. */
  readonly newest: string;
  /**
   * The first answer that `attempt` gives with a value that counts: the newest, that of before, and, when neither fits, those that Secrets
   * Manager holds by now, because another replica may have been given them first. Undefined when it has none for any of them.
   */
  accept<T>(attempt: (value: string) => T | undefined | Promise<T | undefined>): Promise<T | undefined>;
};

/** Values that were never to be signed with do not count, whoever stored them. */
const isUsable = (value: string) => callSecretProblem(value) === undefined && !isPlaceholder(value);

/** The one mechanism by which secrets rotate without loss: what was signed or sealed with the value of before still counts. */
export const createRotatingSecret = (
  held: HeldSecret,
  {
    clock,
    logger,
    load = loadSecretFromAws,
  }: { readonly clock: Clock; readonly logger: Pick<Logger, 'warn'>; readonly load?: LoadSecret | undefined },
): RotatingSecret => {
  const { secret, secretId } = held;
  let values = valuesOf(held);
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  const look = async (id: string) => {
    try {
      const [current, previous] = await Promise.all([
        load(id),
        load(id, 'previous').catch((problem: unknown) => {
          if (problem instanceof Error && problem.name === 'ResourceNotFoundException') return '';
          throw problem;
        }),
      ]);
      values = [...new Set([secret, ...[current, previous].filter(isUsable)])];
    } catch (error) {
      logger.warn({ error }, 'a secret could not be read again; the values that are known stay in use');
    }
  };
  /** Those who miss while somebody looks wait for what is found. */
  const lookAgain = (id: string): Promise<void> | undefined => {
    if (looking !== undefined) return looking;
    const now = clock.now().getTime();
    if (now - lookedAt < lookPauseMs) return undefined;
    lookedAt = now;
    looking = look(id).finally(() => {
      looking = undefined;
    });
    return looking;
  };

  return {
    newest: secret,
    accept: async (attempt) => {
      const tried = new Set<string>();
      const firstAnswer = async () => {
        for (const value of values.filter((each) => !tried.has(each))) {
          tried.add(value);
          const answer = await attempt(value);
          if (answer !== undefined) return answer;
        }
        return undefined;
      };
      const answer = await firstAnswer();
      if (answer !== undefined || secretId === undefined) return answer;
      await lookAgain(secretId);
      return firstAnswer();
    },
  };
};
