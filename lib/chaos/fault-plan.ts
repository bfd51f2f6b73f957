/** Which faults a run inflicts, one after the other: the same for the same seed. */
import { killTargets, SUPERVISOR } from '../replay/kill-targets.ts';
import { seededChoices } from './seeded-choices.ts';

/** Every kind of fault, with what it does. */
export const faultKinds = {
  kill: 'a process is ended with SIGKILL',
  'kill-two': 'two processes are ended with SIGKILL in the same moment',
  pause: 'a process stands still (SIGSTOP), longer than its leases last, and goes on',
  disconnect: 'every connection of a service to a database is cut',
  'slow-database': 'PostgreSQL stands still for four fifths of the time',
  'cut-off-database': 'PostgreSQL answers nobody and refuses nobody',
  'locked-outbox': 'a lock keeps everybody away from the outbox of a database',
} as const;

export type FaultKind = keyof typeof faultKinds;

export type Fault = {
  readonly kind: FaultKind;
  /** Whom: some of `killTargets`, or a database. */
  readonly targets: readonly string[];
  /** Milliseconds that it lasts; 0: it is over at once. */
  readonly lastsMs: number;
  /** Milliseconds from the end of the one before. */
  readonly afterMs: number;
};

const POSTGRES = 'postgres';
/** Databases that have an outbox of purchases. */
const DATABASES = ['orders', 'payments', 'products'];
/** Longer than the leases of relays (5 s) and of the embedded log (3 s). */
const PAUSE_MS = [6_000, 9_000] as const;
const PAUSES_A_DECK = 4;

/** An endless plan: decks of every fault, each shuffled, so that a run that is long enough for one deck has all of them. */
export function* faultPlan(seed: number): Generator<Fault, never> {
  const { whole, shuffled } = seededChoices(seed);
  const processes = killTargets.filter((target) => target !== SUPERVISOR);
  const services = processes.filter((target) => target !== POSTGRES);
  const database = () => shuffled(DATABASES)[0] as string;
  const dealt = (): Omit<Fault, 'afterMs'>[] => [
    ...killTargets.map((target) => ({ kind: 'kill' as const, targets: [target], lastsMs: 0 })),
    { kind: 'kill-two', targets: shuffled(processes).slice(0, 2), lastsMs: 0 },
    ...shuffled(services)
      .slice(0, PAUSES_A_DECK)
      .map((target) => ({ kind: 'pause' as const, targets: [target], lastsMs: whole(...PAUSE_MS) })),
    { kind: 'disconnect', targets: [database()], lastsMs: 0 },
    { kind: 'disconnect', targets: ['events'], lastsMs: 0 },
    { kind: 'slow-database', targets: [POSTGRES], lastsMs: whole(3_000, 6_000) },
    { kind: 'cut-off-database', targets: [POSTGRES], lastsMs: whole(4_000, 7_000) },
    { kind: 'locked-outbox', targets: [database()], lastsMs: whole(2_000, 5_000) },
  ];
  for (;;) for (const fault of shuffled(dealt())) yield { ...fault, afterMs: whole(500, 2_500) };
}
