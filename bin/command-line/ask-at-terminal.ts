import { createInterface } from 'node:readline/promises';
import type { PersonAnswer } from '../../lib/release/checklist/checklist.ts';
import type { ChecklistItem } from '../../lib/release/checklist/checklist-items.ts';

/**
 * Asks one item at the terminal, on stderr. An empty line leaves it open; what follows yes or no is the remark.
 * Ctrl-C reaches the process as the signal that it is elsewhere; `interrupted` takes the question back.
 */
export const askAtTerminal =
  (interrupted: AbortSignal) =>
  async ({ statement, reason }: ChecklistItem): Promise<PersonAnswer | undefined> => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // A terminal that is read line by line hands Ctrl-C over as a key.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    const question = `\n${statement}\n  ${reason}\n  yes, no, or empty for later; a remark may follow: `;
    try {
      for (;;) {
        const said = (await lines.question(question, { signal: interrupted })).trim();
        if (said === '') return undefined;
        const [, answer, note] = /^(y|yes|n|no)\b\s*(.*)$/i.exec(said) ?? [];
        if (!answer) continue;
        return { answer: /^y/i.test(answer) ? 'yes' : 'no', ...(note && { note }) };
      }
    } catch (problem) {
      if (interrupted.aborted) return undefined;
      throw problem;
    } finally {
      lines.close();
    }
  };
