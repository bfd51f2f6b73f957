import { type LogLine, logNames, logSources, readLogs } from '../../../lib/local/read-logs.ts';
import { COLUMNS, wrapped } from '../../command-line/help.ts';
import { type Mood, paint } from '../../command-line/print.ts';
import type { LogsFlags } from '../logs.ts';

/** Cells of the longest name. */
const SOURCE_WIDTH = Math.max(...logSources().map((name) => name.length));
/** Cells of a time of day, and of what stands ahead of the message. */
const TIME_WIDTH = 12;
const MARGIN = TIME_WIDTH + SOURCE_WIDTH + 2;
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
  const at = (time?.slice(11, 23) ?? '').padEnd(TIME_WIDTH);
  const text = `${mood ? paint(mood, said) : said}${more && ` ${paint('aside', more)}`}`;
  const beside = process.stdout.isTTY
    ? wrapped(text, COLUMNS - MARGIN).replaceAll('\n', `\n${' '.repeat(MARGIN)}`)
    : text;
  return `${paint('aside', `${at} ${source.padEnd(SOURCE_WIDTH)}`)} ${beside}`;
};

/** A line as it stands in the file where that is JSON; else one of the same fields, so that each can be parsed. */
const jsonOf = ({ source, time, level, message, raw, isJson }: LogLine): string =>
  isJson ? raw : JSON.stringify({ time, level, service: source, message });

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
  for await (const line of logs) process.stdout.write(`${json ? jsonOf(line) : lineOf(line)}\n`);
};
