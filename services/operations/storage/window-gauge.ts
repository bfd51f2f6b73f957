/** Which service is known to be away, as a metric, so that alerts about it wake nobody meanwhile. */
import type { Logger } from '../../kit/telemetry/logger.ts';
import type { Metrics } from '../../kit/telemetry/metrics.ts';
import type { WindowRepository } from './window-repository.ts';

export type WindowGaugeParts = {
  readonly windows: Pick<WindowRepository, 'openNow'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Names of all services. */
  readonly services: readonly string[];
};

/** Shows of every service whether a maintenance window is open that names it, or names none. */
export const registerWindowGauge = ({ windows, metrics, logger, services }: WindowGaugeParts): void => {
  metrics.gauge({
    name: 'maintenance_open',
    help: 'Whether a maintenance window is open in which the service is away: 1, otherwise 0.',
    labels: ['away'],
    async collect() {
      let open: readonly { readonly services: readonly string[] }[] = [];
      try {
        open = await windows.openNow();
      } catch (error) {
        // Nothing is silenced by a guess, and a scrape must not fail with the database.
        logger.debug({ error }, 'nobody could say which maintenance windows are open');
      }
      for (const name of services)
        this.set({ away: name }, open.some((one) => one.services.length === 0 || one.services.includes(name)) ? 1 : 0);
    },
  });
};
