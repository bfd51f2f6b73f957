import type { Door } from './door.ts';

/**
 * Path and query of a request, made from the door's own path and checked values, never from a path that came in:
 * `/orders/:id` with `{ id }` and a query of `{ limit: 5 }` is `/orders/ord_...?limit=5`.
 */
export const addressOf = (
  { path }: Pick<Door, 'path'>,
  { params = {}, query = {} }: { readonly params?: object | undefined; readonly query?: object | undefined },
): string => {
  const filled = path.replaceAll(/:(\w+)/g, (_match, name: string) =>
    encodeURIComponent(String((params as Readonly<Record<string, unknown>>)[name] ?? '')),
  );
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
  return asked.size === 0 ? filled : `${filled}?${asked}`;
};
