import type { Socket } from 'node:net';
import { newTraceparent, traceIdOf } from '../telemetry/tracing.ts';
import { type ProblemParts, problemMediaType, problemOf } from './problem.ts';

const answers: ReadonlyMap<string, ProblemParts> = new Map(
  Object.entries<ProblemParts>({
    HPE_HEADER_OVERFLOW: {
      status: 431,
      code: 'request.headers-too-large',
      detail: 'The headers are larger than 16 KiB.',
    },
    ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'request.timeout', detail: 'The request did not arrive in time.' },
  }),
);

const malformed: ProblemParts = { status: 400, code: 'request.malformed', detail: 'This is not a valid HTTP request.' };

/** Answers what is no HTTP request at all, in the shape of all errors, and closes the connection. */
export const answerBrokenRequest = (problem: Error & { code?: string }, socket: Socket): void => {
  if (problem.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const parts = answers.get(problem.code ?? '') ?? malformed;
  const answer = problemOf(parts, traceIdOf(newTraceparent()));
  const body = JSON.stringify(answer);
  socket.end(
    `HTTP/1.1 ${answer.status} ${answer.title}\r\ncontent-type: ${problemMediaType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
};
