import { type LogLine, logNames, readLogs } from '../../../lib/local/read-logs.ts';
import { type Mood, paint } from '../../command-line/print.ts';
import type { LogsFlags } from '../logs.ts';

const SOURCE_WIDTH = 12;
const MOODS: ReadonlyMap<string, Mood> = new Map([
  ['warn', 'doubtful'],
  ['warning', 'doubtful'],
  ['error', 'bad'],
  ['fatal', 'bad'],
  ['panic', 'bad'],
]);

const lineOf = ({ source, time, level, message, more }: LogLine): string => {
  const mood = MOODS.get(level ?? '');
  const said = level === undefined || level === 'info' || level === 'log' ? message : `${level}: ${message}`;
  const at = time?.slice(11, 23) ?? ''.padEnd(12);
  return `${paint('aside', `${at} ${source.padEnd(SOURCE_WIDTH)}`)} ${mood ? paint(mood, said) : said}${more && ` ${paint('aside', more)}`}`;
};

/** Prints lines until there are no more or, when it follows, until nobody reads. */
export const runLogs = async (source: string | undefined, flags: LogsFlags): Promise<void> => {
  const { data, follow = false, lines, json } = flags;
  const names = await logNames(data);
  const gone = new AbortController();
  process.stdout.once('error', () => gone.abort());
  const logs = readLogs({
    dataFolder: data,
    sources: source === undefined ? names : [source],
    lines,
    follow,
    signal: gone.signal,
  });
  for await (const line of logs) process.stdout.write(`${json ? line.raw : lineOf(line)}\n`);
};
