import type { Logger } from '../../kit/telemetry/logger.ts';
import type { Metrics } from '../../kit/telemetry/metrics.ts';
import { driftKinds } from '../domain/drift.ts';
import type { Drift } from './reconcile-with-provider.ts';

export type DriftLogParts = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Begins the lines that the alarm on drift counts. */
  readonly driftMessage: string;
};
export type TellDrift = (drift: Drift, by: string) => void;

/** Counts each difference between payments and charges, and writes the record of each repair: what, of whom, by whom; the time is the line's own. */
export const createDriftLog = ({ logger, metrics, driftMessage }: DriftLogParts): TellDrift => {
  const drifts = metrics.counter({
    name: 'payment_drifts_total',
    help: "Differences between our payments and the provider's charges, by what became of them.",
    labels: ['kind', 'outcome'],
  });
  // Alerts count from zero on, as `startAtZero` says.
  for (const kind of driftKinds) drifts.inc({ kind, outcome: 'left' }, 0);
  return (drift, by) => {
    drifts.inc({ kind: drift.kind, outcome: drift.isRepaired ? 'repaired' : 'left' });
    if (drift.isRepaired) logger.warn({ ...drift, by }, 'a payment differed from its charge and was brought in line');
    else
      logger.error({ ...drift, by }, `${driftMessage}: a payment differs from its charge; settle it with the provider`);
  };
};
