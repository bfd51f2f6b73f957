import type { ServiceContext } from '../context.ts';

/** Throws when a door answered with a code that its table does not name; for the end of a service's tests. */
export const requireDeclaredRefusals = async ({ metrics }: Pick<ServiceContext<unknown>, 'metrics'>): Promise<void> => {
  const { text } = await metrics.page();
  const found = text.split('\n').filter((line) => line.startsWith('http_undeclared_refusals_total{'));
  if (found.length > 0)
    throw new Error(`doors refused with codes that their contracts do not name:\n${found.join('\n')}`);
};
