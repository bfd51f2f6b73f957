/**
 * Doors as protobuf messages. A request message holds the fields of path, query, headers and body side by side, an answer
 * those of body and headers; where JSON has null, a message leaves the field out.
 */
import * as z from 'zod';
import type { AnyRequest, DoorEvent, ServedDoor } from '../http/doors.ts';
import { Refusal } from '../values/refusal.ts';

/** A door that can also be called over gRPC. */
export type CalledDoor = ServedDoor & {
  readonly rpc: {
    readonly method: string;
    /** Field of the answer that holds the body; default: the answer is the body. */
    readonly answer?: string;
  };
};
export type CalledDoors = Readonly<Record<string, CalledDoor>>;

export type RpcMessage = Readonly<Record<string, unknown>>;
type Part = 'params' | 'query' | 'headers' | 'body';
const parts = ['params', 'query', 'headers', 'body'] as const satisfies readonly Part[];

/** `idempotency-key` is the field `idempotencyKey`. */
const fieldOf = (name: string) => name.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());

const unwrapped = (schema: z.ZodType): z.ZodType =>
  'unwrap' in schema && typeof schema.unwrap === 'function' && !(schema instanceof z.ZodArray)
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;

const shapeOf = (schema: z.ZodType | undefined): Readonly<Record<string, z.ZodType>> => {
  const inner = schema && unwrapped(schema);
  return inner instanceof z.ZodObject ? inner.shape : {};
};

/** Leaves out what is null, at every depth. */
const withoutNulls = (value: unknown): unknown => {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutNulls(part)]));
};

/** What is made of something once and kept as long as that: schemas and doors are few, and asked at every call. */
const kept = <Key extends object, Value>(make: (key: Key) => Value): ((key: Key) => Value) => {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key);
    known.set(key, made);
    return made;
  };
};

type Shaped = (value: unknown) => unknown;

const shapedOf = kept((schema: z.ZodType): Shaped => {
  const missing = schema.safeParse(null).success ? null : undefined;
  const inner = unwrapped(schema);
  const present = (): Shaped => {
    if (inner instanceof z.ZodArray) {
      const item = shapedOf(inner.element as z.ZodType);
      return (value) => (value as unknown[]).map(item);
    }
    if (!(inner instanceof z.ZodObject)) return (value) => value;
    const fields = Object.entries(shapeOf(inner)).map(
      ([name, field]) => [name, fieldOf(name), shapedOf(field)] as const,
    );
    return (value) =>
      Object.fromEntries(fields.map(([name, sent, shaped]) => [name, shaped((value as RpcMessage)[sent])]));
  };
  const shape = present();
  return (value) => (value === undefined ? missing : shape(value));
});

/** A value of a message as its schema has it: null for what may be null and is missing, and nothing that the schema does not know. */
const inShapeOf = (schema: z.ZodType, value: unknown): unknown => shapedOf(schema)(value);

const fieldsOf = kept((schema: z.ZodType) =>
  Object.entries(shapeOf(schema)).map(
    ([name, field]) => [name, fieldOf(name), field.safeParse(undefined).success] as const,
  ),
);

/** Fields of a part out of a message, which cannot tell a list that is missing from one that is empty. */
const partOf = (schema: z.ZodType, message: RpcMessage) =>
  Object.fromEntries(
    fieldsOf(schema).map(([name, sent, mayBeMissing]) => {
      const value = message[sent];
      const isMissing = mayBeMissing && Array.isArray(value) && value.length === 0;
      return [name, isMissing ? undefined : value];
    }),
  );

/** The message that asks what the request asks. */
export const messageOfRequest = (door: CalledDoor, request: AnyRequest): RpcMessage => {
  const fields = parts.flatMap((part) => {
    const schema = door[part];
    return schema ? fieldsOf(schema).map(([name, sent]) => [sent, (request[part] as RpcMessage | null)?.[name]]) : [];
  });
  return withoutNulls(Object.fromEntries(fields)) as RpcMessage;
};

/** The parts that a door asks for, and one schema for all of them. */
const askedBy = kept((door: CalledDoor) => {
  const asked: Partial<Record<Part, z.ZodType>> = {};
  for (const part of parts) if (door[part]) asked[part] = door[part];
  return { asked: Object.entries(asked), schema: z.object(asked) };
});

/** Parts of the request, checked as over HTTP; refuses as `request.invalid` with the path of each field that is wrong. */
export const requestOfMessage = (door: CalledDoor, message: RpcMessage): Readonly<Record<Part, unknown>> => {
  const { asked, schema: ofAll } = askedBy(door);
  const values = asked.map(([part, schema]) => [part, partOf(schema, message)]);
  const parsed = ofAll.safeParse(Object.fromEntries(values));
  if (parsed.success) return parsed.data as Readonly<Record<Part, unknown>>;
  throw new Refusal('invalid', 'request.invalid', 'Some fields of the request are not valid.', {
    errors: parsed.error.issues.map(({ path, message: wrong }) => ({ path: path.slice(1).join('.'), message: wrong })),
  });
};

const bodySchema = ({ answers }: CalledDoor): z.ZodType => Object.values(answers)[0] ?? z.null();

/** The message for what a handler answered. */
export const messageOfAnswer = (door: CalledDoor, answer: unknown): RpcMessage => {
  const { headers, body } = door.answerHeaders
    ? (answer as { headers: RpcMessage; body: unknown })
    : { headers: {}, body: answer };
  const fields = withoutNulls(body ?? {}) as RpcMessage;
  const named = Object.entries(headers).map(([name, value]) => [fieldOf(name), value]);
  return { ...(door.rpc.answer === undefined ? fields : { [door.rpc.answer]: fields }), ...Object.fromEntries(named) };
};

/** What a handler would have answered. */
export const answerOfMessage = (door: CalledDoor, message: RpcMessage): unknown => {
  const body = inShapeOf(bodySchema(door), door.rpc.answer === undefined ? message : message[door.rpc.answer]);
  return door.answerHeaders ? { headers: inShapeOf(door.answerHeaders, message), body } : body;
};

/** The message for an event that a handler told; its id is the field `sequence`. */
export const messageOfEvent = ({ id, data }: DoorEvent<unknown>): RpcMessage => ({
  ...(withoutNulls(data) as RpcMessage),
  sequence: id,
});

/** The event that a message tells. Throws when it breaks the contract: nothing checks it later, as answers are checked. */
export const eventOfMessage = ({ events }: CalledDoor, { sequence, ...message }: RpcMessage): DoorEvent<unknown> => {
  const data = events?.data.parse(inShapeOf(events.data, message));
  return { id: Number(sequence), data };
};
