/** The logs of a local platform: one file a process, read from their ends and in the order of their times. */
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { services } from '../services.ts';
import { StartRefused } from './start-refused.ts';

export type LogLine = {
  /** Whose log it is. */
  readonly source: string;
  /** ISO 8601, UTC; undefined where the line names none, such as one of a stack. */
  readonly time: string | undefined;
  readonly level: string | undefined;
  readonly message: string;
  /** What else the line says, as `name=value` with spaces between. */
  readonly more: string;
  /** The line as it stands in the file. */
  readonly raw: string;
  /** Whether the line in the file is an object of JSON. */
  readonly isJson: boolean;
};

const POLL_MS = 250;
/** Bytes of a file that are read from its end for its last lines. */
const TAIL_BYTES = 1024 ** 2;

type JsonLine = { time?: string; level?: string; message?: string; error?: { message?: string } };
/** Fields that are shown otherwise, or say nothing to a person. */
const SHOWN = ['time', 'level', 'message', 'service', 'traceId'];

/** A line of PostgreSQL: `2026-11-29 13:05:01.123 UTC [42] user@database LOG:  message`. */
const POSTGRES = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC \[\d+\] (?:\S+@\S+ )?(\w+): +(.*)$/;

export const parseLogLine = (source: string, raw: string): LogLine => {
  const [, date, time, level, message] = POSTGRES.exec(raw) ?? [];
  if (date)
    return {
      source,
      time: `${date}T${time}Z`,
      level: level?.toLowerCase(),
      message: message ?? '',
      more: '',
      raw,
      isJson: false,
    };
  try {
    const line = JSON.parse(raw) as JsonLine;
    const said = [line.message, line.error?.message].filter(Boolean).join(': ');
    const more = Object.entries(line)
      .filter(([name, value]) => !SHOWN.includes(name) && typeof value !== 'object')
      .map(([name, value]) => `${name}=${value}`)
      .join(' ');
    return { source, time: line.time, level: line.level, message: said, more, raw, isJson: true };
  } catch {
    return { source, time: undefined, level: undefined, message: raw, more: '', raw, isJson: false };
  }
};

/** Whose logs there can be: services and PostgreSQL. */
export const logSources = (): string[] => [...services.map(({ name }) => name), 'postgres'];

/** Names of the logs of a data folder. Throws `StartRefused` where there are none. */
export const logNames = async (dataFolder: string): Promise<string[]> => {
  const files = await readdir(path.join(dataFolder, 'logs')).catch(() => []);
  const names = files.filter((file) => file.endsWith('.log')).map((file) => file.slice(0, -'.log'.length));
  if (names.length === 0)
    throw new StartRefused(
      'logs.none',
      `there are no logs in ${dataFolder}; start a platform with "npm start", or name its folder with --data DIR`,
    );
  return names.toSorted();
};

type Tail = { readonly source: string; readonly file: string; offset: number; rest: string };

/** Whole lines that a file has got since it was read last. */
const readOn = async (tail: Tail): Promise<LogLine[]> => {
  const handle = await open(tail.file, 'r').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code !== 'ENOENT') throw problem;
    return undefined;
  });
  if (!handle) return [];
  try {
    const { size } = await handle.stat();
    // It was emptied at its limit.
    if (size < tail.offset) Object.assign(tail, { offset: 0, rest: '' });
    const isCut = size - tail.offset > TAIL_BYTES;
    if (isCut) Object.assign(tail, { offset: size - TAIL_BYTES, rest: '' });
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(size - tail.offset),
      0,
      size - tail.offset,
      tail.offset,
    );
    tail.offset += bytesRead;
    const lines = (tail.rest + buffer.subarray(0, bytesRead).toString('utf8')).split('\n');
    tail.rest = lines.pop() ?? '';
    // The first is the rest of one that was not read.
    if (isCut) lines.shift();
    return lines.filter((line) => line.trim() !== '').map((line) => parseLogLine(tail.source, line));
  } finally {
    await handle.close();
  }
};

/** Lines without a time keep their place behind the one before. */
const byTime = (logs: readonly (readonly LogLine[])[]): LogLine[] => {
  const timed = logs.flatMap((lines) => {
    let last = '';
    return lines.map((line) => {
      last = line.time ?? last;
      return { line, at: last };
    });
  });
  return timed.toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))).map(({ line }) => line);
};

export type LogRequest = {
  readonly dataFolder: string;
  /** Whose logs; default everybody's. */
  readonly sources: readonly string[];
  /** How many of the last lines come first. */
  readonly lines: number;
  /** Goes on with what is written from then on, until the signal is aborted. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
};

/** Yields the last lines, then, if asked, each new one within a quarter of a second. */
export async function* readLogs({ dataFolder, sources, lines, follow, signal }: LogRequest): AsyncGenerator<LogLine> {
  const tails = sources.map((source): Tail => {
    return { source, file: path.join(dataFolder, 'logs', `${source}.log`), offset: 0, rest: '' };
  });
  const read = async () => byTime(await Promise.all(tails.map(readOn)));
  yield* (await read()).slice(-lines);
  while (follow && !signal.aborted) {
    await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    yield* await read();
  }
}
