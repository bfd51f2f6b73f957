import type { ConsumerView } from '../../../../lib/shop/operations-views.ts';
import { columns, paint, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { LagFlags } from '../../operate/lag.ts';

/** Seconds since the oldest record that waits; null: none does. */
const waitsSeconds = (oldest: string | null): number | null =>
  oldest === null ? null : Math.max(0, Math.round((Date.now() - Date.parse(oldest)) / 1000));

const isBehind = ({ oldestUnreadAt }: ConsumerView, behind: number) => (waitsSeconds(oldestUnreadAt) ?? -1) >= behind;

const age = (oldest: string | null): string => {
  const seconds = waitsSeconds(oldest);
  return seconds === null ? '-' : `${seconds} s`;
};

const spread = ({ partitions }: ConsumerView): string => {
  const held = Map.groupBy(
    partitions.filter(({ heldBy }) => heldBy !== null),
    ({ heldBy }) => heldBy,
  );
  return [...held.values()].map((each) => each.length).join(' + ') || '-';
};

const rowOf = (consumer: ConsumerView, behind: number): string[] => [
  consumer.isDeclared ? consumer.group : paint('aside', `${consumer.group} (undeclared)`),
  consumer.topic,
  paint(isBehind(consumer, behind) ? 'bad' : 'good', String(consumer.lag)),
  age(consumer.oldestUnreadAt),
  String(consumer.members),
  `${spread(consumer)} of ${consumer.partitions.length}`,
];

const partitionLines = ({ partitions }: ConsumerView): string[] =>
  columns(
    partitions.map((place) => [
      `    ${place.partition}`,
      `${place.earliest} to ${place.end}`,
      `at ${place.committed ?? 'none'}`,
      `${place.lag} unread`,
      age(place.oldestUnreadAt),
      place.heldBy ?? 'nobody',
    ]),
  );

const linesOf = (consumers: readonly ConsumerView[], { behind, partitions }: LagFlags): string[] => {
  const [title = '', ...rows] = columns([
    ['consumer', 'topic', 'unread', 'oldest', 'members', 'partitions held'],
    ...consumers.map((consumer) => rowOf(consumer, behind)),
  ]);
  if (!partitions) return [title, ...rows];
  return [title, ...rows.flatMap((row, at) => [row, ...partitionLines(consumers[at] as ConsumerView)])];
};

/** Prints how far each consumer is; exit code 1 when a declared one is behind. */
export const runLag = async (flags: LagFlags): Promise<void> => {
  const { consumers } = await signedInAsStaff(flags, ({ operations }) => operations.consumers());
  print(flags.json, { consumers }, () => linesOf(consumers, flags));
  if (consumers.some((consumer) => consumer.isDeclared && isBehind(consumer, flags.behind))) process.exitCode = 1;
};
