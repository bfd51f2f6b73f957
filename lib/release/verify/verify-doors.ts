/** Every public door that can be tried without changing anything: those that everybody finds, and those of a purchase. */
import { askJson } from '../../../services/contracts/http/ask.ts';
import type { Purchase } from '../../shop/purchase.ts';
import type { RolloutFinding } from '../rollout/rollout-finding.ts';

export type PlainDoorRequest = { readonly url: string; readonly signal: AbortSignal };

/** Milliseconds for one answer. */
const DOOR_DEADLINE_MS = 10_000;

/** A parameter as far as it is looked at: its value for a try is the example that the description gives. */
type Parameter = {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema?: { readonly example?: unknown };
};
type Operation = { readonly parameters?: readonly Parameter[] };
type OpenApi = { paths: Record<string, Record<string, Operation>> };
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** `?q=first+lo` of the parameters without which a door refuses; empty where it needs none. */
const neededQuery = ({ parameters = [] }: Operation): string => {
  const needed = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  const values = needed.map(({ name, example, schema }): [string, string] => [
    name,
    String(example ?? schema?.example ?? name),
  ]);
  return values.length === 0 ? '' : `?${new URLSearchParams(values)}`;
};

/** `GET /api/v1/products/{id}` of every operation, with the query that it cannot do without. */
export const describedDoors = async ({ url, signal }: PlainDoorRequest): Promise<string[]> => {
  const { paths } = await askJson<OpenApi>(`${url}/openapi.json`, { deadlineMs: DOOR_DEADLINE_MS, signal });
  return Object.entries(paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method];
      return operation ? [`${method.toUpperCase()} ${path}${neededQuery(operation)}`] : [];
    }),
  );
};

/** Doors that the description leaves out. */
const HIDDEN = ['/openapi.json', '/docs'];

/** One request, and one more after a broken connection: a load balancer may just be letting go of the pod that answered. */
const statusOf = async (url: string, signal: AbortSignal, token?: string): Promise<number | string> => {
  for (let attempt = 1; ; attempt += 1)
    try {
      const answer = await fetch(url, {
        redirect: 'manual',
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        signal: AbortSignal.any([signal, AbortSignal.timeout(DOOR_DEADLINE_MS)]),
      });
      await answer.body?.cancel();
      return answer.status;
    } catch (problem) {
      signal.throwIfAborted();
      const { name, cause, message } = problem as Error;
      if (attempt === 2)
        return name === 'TimeoutError'
          ? `no answer in ${DOOR_DEADLINE_MS / 1000} s`
          : ((cause as NodeJS.ErrnoException | undefined)?.code ?? message);
    }
};

const tryDoors = async (
  paths: readonly string[],
  well: readonly number[],
  { url, signal }: PlainDoorRequest,
  token?: string,
) => {
  const findings: RolloutFinding[] = [];
  for (const path of paths) {
    const status = await statusOf(`${url}${path}`, signal, token);
    if (typeof status === 'string' || !well.includes(status))
      findings.push({
        code: 'door-failed',
        problem: `GET ${url}${path} answered ${status}, not ${well.slice(0, -1).join(', ')} or ${well.at(-1)}`,
      });
  }
  return { doors: paths.length - findings.length, findings };
};

const isPlain = (door: string) => door.startsWith('GET ') && !door.includes('{');
const pathOf = (door: string) => door.slice(door.indexOf(' ') + 1);

/** Doors that need nothing; with nobody signed in, one is there when it answers or asks who is there. */
export const tryPlainDoors = (doors: readonly string[], request: PlainDoorRequest) =>
  tryDoors([...doors.filter(isPlain).map(pathOf), ...HIDDEN], [200, 204, 401], request);

/** The path of a door about something that was bought; undefined where the purchase knows no such thing. */
const filledPath = (door: string, { order }: Purchase): string | undefined => {
  const known: Readonly<Record<string, string | null | undefined>> = {
    products: order.items[0]?.productId,
    orders: order.id,
    payments: order.payment.paymentId,
  };
  const filled = pathOf(door).replaceAll(/([^/]+)\/\{[^}]+\}/g, (whole, owner: string) =>
    known[owner] ? `${owner}/${known[owner]}` : whole,
  );
  return filled.includes('{') ? undefined : filled;
};

/** Whether a request such as `POST /api/v1/cart/items` went through a door. */
const isThrough = (door: string, request: string) =>
  door.split('/').length === request.split('/').length &&
  door.split('/').every((part, index) => part.startsWith('{') || part === request.split('/')[index]);

/**
 * Doors about one thing, asked by the buyer for what was bought; those of the staff answer that he may not.
 * @param used requests that the purchase made and will make, such as `POST /api/v1/orders`
 * @returns also the doors that were neither tried nor used, because they change something or are about something else
 */
export const tryDoorsOf = async (
  purchase: Purchase,
  doors: readonly string[],
  used: readonly string[],
  request: PlainDoorRequest,
) => {
  const filled = new Map(
    doors.filter((door) => door.startsWith('GET ') && !isPlain(door)).map((door) => [door, filledPath(door, purchase)]),
  );
  const paths = [...filled.values()].filter((path) => path !== undefined);
  const notTried = doors.filter(
    (door) => !isPlain(door) && !filled.get(door) && !used.some((one) => isThrough(door, one)),
  );
  return { ...(await tryDoors(paths, [200, 403], request, purchase.token)), notTried };
};
