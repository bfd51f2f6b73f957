import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const deadlineMs = 150_000;

/**
 * Runs a class to its end in a small, quickly starting JVM, opened as Flink wants it; throws what it printed when it fails.
 * @param signal ends one that has no end of its own, and then it throws an `AbortError`
 */
export const runJava = async (
  classPath: readonly string[],
  main: string,
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> => {
  const opened = ['util', 'lang', 'time'].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`);
  await run(
    'java',
    [
      ...['-Xmx768m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'],
      ...opened,
      ...['-cp', classPath.join(':'), main],
    ],
    {
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      timeout: signal ? 0 : deadlineMs,
      killSignal: 'SIGKILL',
      signal,
    },
  );
};
