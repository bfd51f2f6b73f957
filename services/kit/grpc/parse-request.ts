import type * as z from 'zod';
import { Refusal } from '../values/refusal.ts';

/** A request as its schema has it, or `request.invalid` with the path of each field that is wrong. */
export const parseRequest = <Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> => {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid', 'request.invalid', 'Some fields of the request are not valid.', {
    errors: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
};
