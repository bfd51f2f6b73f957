import { lookup } from 'node:dns/promises';

/** A name that leads nowhere is answered at once; a resolver that is away takes longer than anybody wants to wait. */
const deadlineMs = 1_000;

/** Processes to which the name of a gRPC door leads, each with an address of its own; null when nobody tells. */
export const countReplicas = async (address: string): Promise<number | null> => {
  const host = address.replace(/^dns:\/{2,3}/, '').replace(/:\d+$/, '');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), deadlineMs);
  });
  try {
    return await Promise.race([lookup(host, { all: true, family: 4 }).then((found) => found.length), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
};
