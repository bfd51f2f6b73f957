/** How often the processor limit of its container held a process back, as the kernel counts it. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Counter, type Registry } from 'prom-client';

/** Within a container that sees its own control group alone. Source: kernel, "Control Group v2", cpu.stat. */
const CPU_STAT = '/sys/fs/cgroup/cpu.stat';

const counted = [
  ['process_cpu_periods_total', 'nr_periods', 'Time slices in which the processor limit of the container was checked.'],
  [
    'process_cpu_throttled_periods_total',
    'nr_throttled',
    'Time slices in which the container used up its processor limit.',
  ],
] as const;

/** Names of what a process in a container shows. */
export const throttlingMetrics: readonly string[] = counted.map(([name]) => name);

const numberIn = (text: string, field: string): number | undefined => {
  const [, digits] = new RegExp(`^${field} (\\d+)$`, 'm').exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

const hasLimit = (file: string) => {
  try {
    return numberIn(readFileSync(file, 'utf8'), 'nr_periods') !== undefined;
  } catch {
    return false;
  }
};

/** Adds both counters, read anew at each scrape; nothing outside of a container, where nobody counts. */
export const collectThrottling = (registry: Registry, file: string = CPU_STAT): void => {
  if (!hasLimit(file)) return;
  for (const [name, field, help] of counted)
    new Counter({
      name,
      help,
      registers: [registry],
      async collect() {
        const now = numberIn(await readFile(file, 'utf8').catch(() => ''), field);
        if (now === undefined) return;
        this.reset();
        this.inc(now);
      },
    });
};
