import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { traceIdOf } from '../telemetry/tracing.ts';
import { type FieldError, Refusal } from '../values/refusal.ts';
import { type ProblemParts, partsOfRefusal, problemMediaType, problemOf } from './problem.ts';

type ZodProblem = { instancePath: string; message?: string; keyword: string; params: Record<string, unknown> };

/** One entry a field; an unknown field is named by its own path, not by that of the object which holds it. */
const fieldErrors = (issues: readonly ZodProblem[]): FieldError[] =>
  issues.flatMap(({ instancePath, message = 'is not valid', keyword, params }) => {
    const path = instancePath.slice(1).replaceAll('/', '.');
    const { keys } = params as { keys?: readonly string[] };
    if (keyword !== 'unrecognized_keys' || !keys) return [{ path, message }];
    return keys.map((key) => ({ path: path === '' ? key : `${path}.${key}`, message: 'is not a known field' }));
  });

/** Parts of a request as the framework calls them, in words that fit before "the expected form". */
const sentenceStarts: ReadonlyMap<string, string> = new Map([
  ['body', 'The body does not have'],
  ['querystring', 'The query does not have'],
  ['params', 'The path does not have'],
  ['headers', 'The headers do not have'],
]);

/** What the framework itself refuses, by its error code. */
const frameworkProblems: ReadonlyMap<string, ProblemParts> = new Map(
  Object.entries<ProblemParts>({
    FST_ERR_CTP_BODY_TOO_LARGE: {
      status: 413,
      code: 'request.too-large',
      detail: 'The body is larger than this door accepts.',
    },
    FST_ERR_CTP_INVALID_MEDIA_TYPE: {
      status: 415,
      code: 'request.media-type',
      detail: 'Send the body as application/json.',
    },
    FST_ERR_CTP_EMPTY_JSON_BODY: {
      status: 400,
      code: 'request.not-json',
      detail: 'The body is empty although the request says that it is JSON.',
    },
    FST_ERR_CTP_INVALID_JSON_BODY: {
      status: 400,
      code: 'request.not-json',
      detail: 'The body is not valid JSON, or has a key named __proto__ or constructor.prototype.',
    },
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
      status: 400,
      code: 'request.length',
      detail: 'The body is not as long as content-length says.',
    },
    FST_ERR_HANDLER_TIMEOUT: {
      status: 503,
      code: 'request.deadline',
      detail: 'This took longer than the deadline of a request; try again.',
    },
    FST_ERR_BAD_URL: { status: 400, code: 'request.url', detail: 'The path is not a valid URL.' },
    FST_ERR_MAX_PARAM_LENGTH: {
      status: 414,
      code: 'request.url',
      detail: 'A part of the path is longer than 100 characters.',
    },
  }),
);

const slowBody: ProblemParts = {
  status: 408,
  code: 'request.timeout',
  detail: 'The request did not arrive in time.',
};

/** Whether the caller is still sending the body. */
const isUnfinished = ({ headers, raw }: FastifyRequest): boolean =>
  raw.complete === false && (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined);

/** Whether the deadline passed while the caller was still sending: its fault, not ours. */
const isSlowBody = (error: unknown, { raw }: FastifyRequest) =>
  (error as Partial<FastifyError> | null)?.code === 'FST_ERR_HANDLER_TIMEOUT' && raw.complete === false;

const internal: ProblemParts = {
  status: 500,
  code: 'internal',
  detail: 'Something went wrong on our side; it is logged under the trace id.',
};

/** Translates whatever was thrown; an unknown error becomes `internal` and says nothing about itself. */
const problemPartsOf = (error: unknown): ProblemParts => {
  if (error instanceof Refusal) return partsOfRefusal(error);
  if (!(error instanceof Error)) return internal;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const { validation, validationContext } = error as unknown as {
      validation: ZodProblem[];
      validationContext?: string;
    };
    return {
      status: 400,
      code: 'request.invalid',
      detail: `${sentenceStarts.get(validationContext ?? '') ?? 'The request does not have'} the expected form; "errors" names each field.`,
      errors: fieldErrors(validation),
    };
  }
  const known = error as FastifyError;
  const listed = frameworkProblems.get(known.code);
  if (listed) return listed;
  // Errors that plugins throw with a 4xx of their own speak to the caller; their text is not ours, so it stays out.
  if (typeof known.statusCode === 'number' && known.statusCode >= 400 && known.statusCode < 500)
    return { status: known.statusCode, code: 'request.refused', detail: 'The request was refused.' };
  return internal;
};

/** Answers with the problem, and logs what is our fault. */
export const handleError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const parts = isSlowBody(error, request) ? slowBody : problemPartsOf(error);
  // Else the connection would wait for the rest of the body.
  if (isUnfinished(request)) reply.header('connection', 'close');
  // Named here because the framework's own deadline fires outside of the request's scope.
  const traceId = traceIdOf(request.traceparent);
  if (parts.status === 500) request.log.error({ error, traceId }, 'request failed');
  else if (parts.status === 503) request.log.warn({ error, traceId }, 'request could not be served');
  // RFC 6750, 3.1: a request that brought no credentials is told no error.
  if (parts.status === 401)
    reply.header('www-authenticate', request.headers.authorization ? 'Bearer error="invalid_token"' : 'Bearer');
  const retryAfter = error instanceof Refusal ? error.retryAfterSeconds : undefined;
  if (retryAfter !== undefined || parts.status === 503) reply.header('retry-after', String(retryAfter ?? 1));
  return sendProblem(request, reply, parts);
};

export const sendProblem = (request: FastifyRequest, reply: FastifyReply, parts: ProblemParts): FastifyReply =>
  reply
    .code(parts.status)
    .type(problemMediaType)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemOf(parts, traceIdOf(request.traceparent)));
