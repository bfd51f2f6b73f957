/** Asks the process that runs a platform to do something with one of its services. */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { drainSeconds } from '../../../services/kit/manifest.ts';
import { StartRefused } from '../start-refused.ts';
import { readState } from '../state.ts';
import {
  type ControlAnswer,
  type ControlRequest,
  type FileWritten,
  READY_AGAIN_WITHIN_MS,
  type RestartDone,
  WRITING_WITHIN_MS,
} from './control-words.ts';

export type AskOptions = {
  /** Gets one sentence per step. */
  readonly progress: (sentence: string) => void;
  /** Aborted to hear no more; what was begun is finished all the same. */
  readonly signal: AbortSignal;
};

type Done<Request extends ControlRequest> = Request extends { act: 'restart' } ? RestartDone : FileWritten;

const withinMs = (request: ControlRequest): number =>
  request.act === 'restart'
    ? drainSeconds * 1000 + READY_AGAIN_WITHIN_MS + 10_000
    : (request.act === 'profile' ? request.seconds * 1000 : 0) + WRITING_WITHIN_MS + 5_000;

/** Throws `StartRefused` when the platform behind the socket refuses, ends meanwhile, or says nothing in time. */
export const askControl = async <Request extends ControlRequest>(
  control: string,
  request: Request,
  { progress, signal }: AskOptions,
): Promise<Done<Request>> => {
  const socket = connect({ path: control, signal });
  let problem: Error | undefined;
  socket.on('error', (error) => {
    problem = error;
  });
  socket.setTimeout(withinMs(request), () => socket.destroy(new Error(`no word in ${withinMs(request) / 1000} s`)));
  socket.write(`${JSON.stringify(request)}\n`);
  for await (const line of createInterface({ input: socket })) {
    const answer = JSON.parse(line) as ControlAnswer;
    if ('progress' in answer) progress(answer.progress);
    else if ('refused' in answer) throw new StartRefused(answer.refused.code, answer.refused.message);
    else return answer.done as Done<Request>;
  }
  // A socket that fails ends its lines a moment before it says why.
  await pause(0);
  signal.throwIfAborted();
  throw new StartRefused(
    'platform.gone',
    `the platform ended meanwhile, or does not answer (${problem?.message ?? 'it hung up'}); look with "npx cloudmart status"`,
    { cause: problem },
  );
};

/** The same of the platform that runs on a data folder; throws `StartRefused` when none does. */
export const askPlatform = async <Request extends ControlRequest>(
  dataFolder: string,
  request: Request,
  options: AskOptions,
): Promise<Done<Request>> => {
  const { control } = await readState(dataFolder);
  if (control === undefined)
    throw new StartRefused(
      'platform.no-control',
      `the platform on ${dataFolder} takes no commands for single services: its version is older, or the folder's path is longer than a socket's may be; start it again on a shorter --data`,
    );
  return askControl(control, request, options);
};
