/** What a process says of its values at start, said before: the same schemas and rules, and never the value itself. */
import * as z from 'zod';
import { callSecretProblem } from '../../../services/kit/call-secret.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';

/** The one schema that `services/<name>/config.ts` exports, which its process parses its environment with. */
const schemaOf = async ({ name }: ServiceManifest): Promise<z.ZodObject> => {
  const exported: Record<string, unknown> = await import(`../../../services/${name}/config.ts`);
  const schemas = Object.values(exported).filter((value) => value instanceof z.ZodObject);
  if (schemas.length !== 1 || !schemas[0])
    throw new Error(`services/${name}/config.ts exports ${schemas.length} schemas; export the one that main.ts reads`);
  return schemas[0];
};

/**
 * Why a service would not start with this value of a key, if it would not; `undefined` stands for a missing value.
 * Without a service it is the secret of a caller and a callee.
 */
export const valueProblem = async (
  service: ServiceManifest | undefined,
  key: string,
  value: string | undefined,
): Promise<string | undefined> => {
  if (service === undefined) return callSecretProblem(value ?? '');
  const rule = (await schemaOf(service)).shape[key];
  if (rule === undefined) return `is not in services/${service.name}/config.ts`;
  // As the process is given it: beside what it was before.
  const read = service.configuration[key]?.acceptsPrevious && value !== undefined ? { secret: value } : value;
  const problem = z.safeParse(rule, read).error?.issues[0]?.message;
  return problem && (value === undefined ? 'is missing' : problem);
};
