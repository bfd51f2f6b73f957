import type { ServiceContext } from '../context.ts';

/** Throws one sentence that names the variable: the manifest does not ask for what `app.ts` uses. */
export const required = <T>(
  { manifest }: Pick<ServiceContext<unknown>, 'manifest'>,
  variable: string,
  value: T | undefined,
): T => {
  if (value !== undefined) return value;
  throw new Error(
    `${manifest.name} needs ${variable}, which services/${manifest.name}/manifest.ts does not ask for; declare there what app.ts uses`,
  );
};
