import type { Database } from '../storage/database.ts';

export type RelayLease = {
  /** The new epoch, or undefined while somebody else publishes. */
  acquire(): Promise<number | undefined>;
  /** Says, when it is due, that the holder lives, and whether commits have to wake it. False: the lease was lost. */
  renew(isAsleep: boolean): Promise<boolean>;
  /** Whether the lease cannot have run out yet, by this process's own clock that does not jump. */
  isHeld(): boolean;
  release(): Promise<void>;
};

export type RelayLeaseOptions = {
  readonly database: Database;
  /** Shown to operators; it does not identify the holder, the epoch does: in containers every process has the same id. */
  readonly holder: string;
  readonly leaseMs: number;
};

const acquireStatement = `
  UPDATE relay_lease SET holder = $1, epoch = epoch + 1, is_asleep = false,
    expires_at = clock_timestamp() + make_interval(secs => $2)
  WHERE name = 'outbox' AND expires_at < clock_timestamp() RETURNING epoch`;

const renewStatement = `
  UPDATE relay_lease SET expires_at = clock_timestamp() + make_interval(secs => $2), is_asleep = $3
  WHERE name = 'outbox' AND epoch = $1 AND expires_at > clock_timestamp()`;

const releaseStatement = `
  UPDATE relay_lease SET holder = NULL, expires_at = '-infinity', is_asleep = true WHERE name = 'outbox' AND epoch = $1`;

/** A row and not an advisory lock of a session: those pin a connection of RDS Proxy and outlive a frozen process. */
export const createRelayLease = ({ database, holder, leaseMs }: RelayLeaseOptions): RelayLease => {
  let epoch: number | undefined;
  let heldUntil = Number.NEGATIVE_INFINITY;
  let wasAsleep = false;

  return {
    acquire: async () => {
      const asked = performance.now();
      const { rows } = await database.query<{ epoch: string }>(acquireStatement, [holder, leaseMs / 1_000]);
      epoch = rows[0] && Number(rows[0].epoch);
      heldUntil = asked + leaseMs;
      wasAsleep = false;
      return epoch;
    },
    renew: async (isAsleep) => {
      const asked = performance.now();
      const isDue = heldUntil - asked < (leaseMs * 2) / 3;
      if (!isDue && isAsleep === wasAsleep) return true;
      const { rowCount } = await database.query(renewStatement, [epoch, leaseMs / 1_000, isAsleep], {
        name: 'relay-renew',
      });
      if (rowCount === 0) return false;
      heldUntil = asked + leaseMs;
      wasAsleep = isAsleep;
      return true;
    },
    isHeld: () => performance.now() < heldUntil,
    release: async () => {
      if (epoch !== undefined) await database.query(releaseStatement, [epoch]);
      epoch = undefined;
    },
  };
};
