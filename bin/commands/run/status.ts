import { type PlatformStatus, platformStatus, type ServiceStatus } from '../../../lib/local/platform-status.ts';
import { durationOf } from '../../command-line/duration.ts';
import { columns, type Mood, paint, print } from '../../command-line/print.ts';
import type { StatusFlags } from '../status.ts';

const MOODS: Readonly<Record<ServiceStatus['state'], Mood>> = {
  ready: 'good',
  starting: 'doubtful',
  unhealthy: 'bad',
  down: 'bad',
};

const linesOf = ({ dataFolder, pid, startedAt, gateway, mailbox, services }: PlatformStatus): string[] => [
  `${dataFolder}: process ${pid}, up for ${durationOf(Date.now() - Date.parse(startedAt))}`,
  ...columns([
    ...services.flatMap(({ name, url, hasPages }) => (hasPages && url !== undefined ? [[name, url]] : [])),
    ['shop API', `${gateway}/docs`],
    ['mailbox', mailbox],
  ]),
  '',
  ...columns(
    services.map(({ name, state, pid: own, restarts }) => [
      paint(MOODS[state], state),
      name,
      own === null ? '' : `process ${own}`,
      restarts === 0 ? '' : `started again ${restarts === 1 ? 'once' : `${restarts} times`}`,
    ]),
  ),
];

/** Prints what runs; anything that is not ready is a finding. */
export const runStatus = async ({ data, json }: StatusFlags): Promise<void> => {
  const status = await platformStatus(data);
  print(json, status, () => linesOf(status));
  if (status.services.some(({ state }) => state !== 'ready')) process.exitCode = 1;
};
