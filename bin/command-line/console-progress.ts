/** Tells the person at the keyboard what is going on: moving lines on a terminal, plain ones in a log; always on stderr. */
import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import type { Progress } from '../../lib/local/progress.ts';

// A terminal that does not know its width would get one letter a line.
const isTerminal = () => process.stderr.isTTY === true && process.stderr.columns > 0;

export const consoleProgress = (): Progress => ({
  step: async <T>(title: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T> => {
    let result: { value: T } | undefined;
    const startedAt = performance.now();
    const logger = new ListrLogger({
      useIcons: !isTerminal(),
      processOutput: new ProcessOutput(process.stderr, process.stderr),
    });
    const list = new Listr(
      [
        {
          title,
          task: async (_, task) => {
            result = {
              value: await work((text) => {
                task.output = text;
              }),
            };
            task.title = `${title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`;
          },
        },
      ],
      {
        renderer: isTerminal() ? 'default' : 'simple',
        rendererOptions: { logger } as object,
        // Ctrl-C is the platform's own business: it ends everyone in order.
        registerSignalListeners: false,
      },
    );
    await list.run();
    return (result as { value: T }).value;
  },
  line: (text) => {
    process.stderr.write(`${text}\n`);
  },
});
