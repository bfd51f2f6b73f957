/** The door through which commands ask the process that runs a platform for its services: a socket in a folder that only this account enters. */
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { drainSeconds } from '../../../services/kit/manifest.ts';
import { maskUrlPasswords } from '../../../services/kit/telemetry/logger.ts';
import type { DataFolder } from '../data-folder.ts';
import type { ServiceProcess } from '../service-process.ts';
import { StartRefused } from '../start-refused.ts';
import {
  type ControlAnswer,
  type ControlRequest,
  type FileWritten,
  READY_AGAIN_WITHIN_MS,
  type RestartDone,
  WRITING_WITHIN_MS,
} from './control-words.ts';

/** A service ends by itself within its drain; who takes longer hangs. */
const RESTART_GRACE_MS = (drainSeconds + 2) * 1000;
const ASKED_WITHIN_MS = 5_000;
const MOST_CONNECTIONS = 20;

/** Longest path of a socket, of the strictest system that this runs on (macOS; Linux takes 107). */
const MOST_PATH_BYTES = 103;

export type ControlServer = {
  /** Path of the socket. */
  readonly file: string;
  /** Hangs up on whoever still waits. */
  close(): void;
};

type Tell = (sentence: string) => void;

const restart = async (child: ServiceProcess, tell: Tell): Promise<RestartDone> => {
  const before = child.pid() ?? null;
  tell(
    before === null
      ? `${child.name} is dead; starting it`
      : `process ${before} of ${child.name} finishes what it has begun`,
  );
  let isDrained = true;
  await child.restart(RESTART_GRACE_MS, READY_AGAIN_WITHIN_MS, (step) => {
    if (step === 'killed') isDrained = false;
    tell(
      step === 'killed'
        ? `it did not end within ${RESTART_GRACE_MS / 1000} s and was killed`
        : 'it has ended; starting the next one',
    );
  });
  return { before, after: child.pid() ?? 0, isDrained };
};

const inspect = async (
  child: ServiceProcess,
  request: Exclude<ControlRequest, { act: 'restart' }>,
  tell: Tell,
): Promise<FileWritten> => {
  const { act, file } = request;
  const pid = child.pid();
  if (pid === undefined)
    throw new StartRefused(
      'service.down',
      `${child.name} has no process right now; "npx cloudmart status" says when it has one again`,
    );
  const seconds = act === 'profile' ? request.seconds : 0;
  tell(
    act === 'profile'
      ? `watching process ${pid} of ${child.name} for ${seconds} s`
      : `process ${pid} of ${child.name} writes its heap and does nothing else meanwhile`,
  );
  const bytes = await child.inspect(
    act === 'profile' ? { what: 'profile', file, seconds } : { what: 'heap', file },
    seconds * 1000 + WRITING_WITHIN_MS,
  );
  return { pid, file, bytes };
};

/**
 * Opens the door in a data folder. Of two operators at one service the second is refused. Undefined where the folder's path is longer
 * than a socket's may be.
 */
export const openControl = async (
  folder: Pick<DataFolder, 'at'>,
  processes: readonly ServiceProcess[],
  say: (line: string) => void,
): Promise<ControlServer | undefined> => {
  const file = folder.at('control', 'socket');
  if (Buffer.byteLength(file) > MOST_PATH_BYTES) return undefined;
  const busy = new Map<string, ControlRequest['act']>();
  const sockets = new Set<Socket>();

  const carryOut = async (request: ControlRequest, tell: Tell): Promise<RestartDone | FileWritten> => {
    const { act, service } = request;
    const child = processes.find(({ name }) => name === service);
    if (!child)
      throw new StartRefused(
        'service.unknown',
        `no process here is "${service}"; there are ${processes.map(({ name }) => name).join(', ')}`,
      );
    const under = busy.get(service);
    if (under)
      throw new StartRefused(
        'service.busy',
        `somebody else is at ${service} right now (${under}); try again when that is done`,
      );
    busy.set(service, act);
    say(`${service}: ${act}, asked for by a command`);
    try {
      return await (act === 'restart' ? restart(child, tell) : inspect(child, request, tell));
    } finally {
      busy.delete(service);
    }
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Who goes away hears no more; what was begun is finished.
    socket.on('error', () => undefined);
    socket.setTimeout(ASKED_WITHIN_MS, () => socket.destroy());
    const answer = (line: ControlAnswer) => socket.writable && socket.write(`${JSON.stringify(line)}\n`);
    createInterface({ input: socket }).once('line', async (line) => {
      socket.setTimeout(0);
      try {
        answer({ done: await carryOut(JSON.parse(line) as ControlRequest, (progress) => answer({ progress })) });
      } catch (problem) {
        const { code = 'service.failed', message } = problem as StartRefused;
        answer({ refused: { code, message: maskUrlPasswords(message) } });
      }
      socket.end();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  // Left by a platform that was killed; the folder's lock says that it is gone.
  await rm(file, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(file, () => resolve());
  });
  server.unref();
  return {
    file,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};
