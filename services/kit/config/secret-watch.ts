import type { Logger } from '../telemetry/logger.ts';
import type { LoadSecret } from './load-secret.ts';

export type SecretWatchOptions = {
  /** Values that the process started with, by id. */
  readonly seen: ReadonlyMap<string, string>;
  readonly load: LoadSecret;
  readonly logger: Logger;
  /** Called once, when a secret has another value than at the start. */
  readonly onChange: () => void;
  /** Milliseconds between two looks, half of it more or less by chance so that replicas do not act together; default 300,000. */
  readonly everyMs?: number;
};

/**
 * Looks again and again whether a secret was rotated. A process reads its secrets once, at its start, and goes on with them: were it
 * to start anew by itself, a value that cannot be used would take down one replica after the other. New pods take the new value
 * up. A secret that cannot be read is left for the next look. Returns what ends the watch.
 */
export const watchSecrets = ({ seen, load, logger, onChange, everyMs = 300_000 }: SecretWatchOptions): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const isChanged = async () => {
    for (const [id, value] of seen) if ((await load(id)) !== value) return true;
    return false;
  };
  const look = async () => {
    try {
      if (await isChanged()) return onChange();
    } catch (error) {
      logger.warn({ error }, 'a secret could not be read again; the value of the start stays in use');
    }
    plan();
  };
  const plan = () => {
    timer = setTimeout(() => void look(), everyMs * (0.5 + Math.random()));
    timer.unref();
  };
  if (seen.size > 0) plan();
  return () => clearTimeout(timer);
};
