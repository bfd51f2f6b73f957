/** Doors over gRPC: the same tables and the same handlers as over HTTP. */
import type { CompatServiceDefinition, ServiceImplementation } from 'nice-grpc';
import { requireAccess } from '../auth/authenticate.ts';
import { networkHeader } from '../http/client-network.ts';
import type { Answers, AnyRequest, DoorHandlers, Tells } from '../http/doors.ts';
import { longestStreamMs } from '../http/event-streams.ts';
import { traceIdOf } from '../telemetry/tracing.ts';
import type { GrpcCall } from './call-guard.ts';
import {
  answerOfMessage,
  type CalledDoor,
  type CalledDoors,
  eventOfMessage,
  messageOfAnswer,
  messageOfEvent,
  messageOfRequest,
  type RpcMessage,
  requestOfMessage,
} from './door-messages.ts';
import type { CallExtras, GrpcClient } from './grpc-client.ts';

type MethodOf<Doors extends CalledDoors> = Doors[keyof Doors]['rpc']['method'];

type Call = GrpcCall & { readonly signal: AbortSignal; readonly metadata: { get(name: string): string | undefined } };

const requestOf = (door: CalledDoor, message: RpcMessage, { caller, metadata, traceparent }: Call): AnyRequest => {
  requireAccess(door.access, { caller });
  const { headers, ...request } = requestOfMessage(door, message);
  const authorization = metadata.get('authorization');
  return {
    ...request,
    id: traceIdOf(traceparent),
    caller,
    network: metadata.get(networkHeader),
    headers: { ...(headers as object), authorization },
  };
};

const answer = (door: CalledDoor, handle: Answers) => async (message: RpcMessage, call: Call) =>
  messageOfAnswer(door, await handle(requestOf(door, message, call)));

const tell = (door: CalledDoor, handle: Tells) =>
  async function* (message: RpcMessage, call: Call) {
    for await (const event of handle(requestOf(door, message, call), call.signal)) yield messageOfEvent(event);
  };

/** The methods of a service that its doors name, done by the handlers of the doors. */
export const answerCalls = <Definition extends CompatServiceDefinition, const Doors extends CalledDoors>(
  _definition: Definition,
  doors: Doors,
  handlers: DoorHandlers<NoInfer<Doors>>,
) => {
  const methods = Object.entries(doors).map(([name, door]) => {
    const handle = handlers[name as keyof Doors] as unknown;
    return [door.rpc.method, door.events ? tell(door, handle as Tells) : answer(door, handle as Answers)];
  });
  type All = ServiceImplementation<Definition, GrpcCall>;
  return Object.fromEntries(methods) as Pick<All, MethodOf<Doors> & keyof All>;
};

type Method = (message: RpcMessage, extras: CallExtras) => Promise<RpcMessage>;
type Stream = (message: RpcMessage, extras: CallExtras & { signal: AbortSignal }) => AsyncIterable<RpcMessage>;

/** Handlers that ask the service behind over gRPC, on behalf of whom `extrasOf` finds in the request. */
export const askByCalls = <const Doors extends CalledDoors>(
  client: GrpcClient<CompatServiceDefinition> & Readonly<Record<MethodOf<NoInfer<Doors>>, unknown>>,
  doors: Doors,
  extrasOf: (request: AnyRequest) => CallExtras,
): DoorHandlers<Doors> => {
  const methods = client as unknown as Readonly<Record<string, unknown>>;
  const handlers = Object.entries(doors).map(([name, door]): [string, Answers | Tells] => {
    const call = methods[door.rpc.method];
    const ask: Answers = async (request) =>
      answerOfMessage(door, await (call as Method)(messageOfRequest(door, request), extrasOf(request)));
    const watch: Tells = async function* (request, signal) {
      const extras = { ...extrasOf(request), signal, deadlineMs: longestStreamMs };
      for await (const message of (call as Stream)(messageOfRequest(door, request), extras))
        yield eventOfMessage(door, message);
    };
    return [name, door.events ? watch : ask];
  });
  return Object.fromEntries(handlers) as unknown as DoorHandlers<Doors>;
};
