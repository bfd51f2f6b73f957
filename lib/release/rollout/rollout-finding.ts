/** What a verification can find. */

export type RolloutFindingCode =
  | 'environment-differs'
  | 'deployment-missing'
  | 'deployment-differs'
  | 'rollout-stuck'
  | 'pod-outdated'
  | 'pod-image-differs'
  | 'pod-digest-differs'
  | 'pod-configuration-differs'
  | 'pod-secret-differs'
  | 'configuration-missing'
  | 'configuration-differs'
  | 'secret-outdated'
  | 'door-failed'
  | 'purchase-failed'
  | 'pipeline-failed'
  | 'pipeline-stopped'
  | 'pipeline-behind';

export type RolloutFinding = {
  /** Stable; for scripts. */
  readonly code: RolloutFindingCode;
  /** Absent: it is about the shop as a whole. */
  readonly service?: string;
  readonly pod?: string;
  /** One sentence: what is wrong, where, and what to do. */
  readonly problem: string;
  /** Last lines of the pod's log, the oldest first. */
  readonly log?: readonly string[];
};

const MENDED_BY_ROLLBACK: readonly RolloutFindingCode[] = [
  'rollout-stuck',
  'pod-outdated',
  'pod-image-differs',
  'pod-digest-differs',
  'pod-configuration-differs',
  'configuration-missing',
  'configuration-differs',
  'door-failed',
  'purchase-failed',
  'pipeline-failed',
];

/**
 * Whether the release that runs is at fault; a wrong checkout, a rotated secret or a mapping that somebody switched off is not mended by an
 * older release. What the release itself does not handle any more is `pipeline-failed`, by a purchase of its own.
 */
export const isFaultOfRelease = ({ code }: RolloutFinding): boolean => MENDED_BY_ROLLBACK.includes(code);
