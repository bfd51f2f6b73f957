import { type DestinationStream, type Logger as PinoLogger, pino, stdSerializers } from 'pino';
import type { LogLevel } from '../config/derived-config.ts';
import { currentTraceId } from './tracing.ts';

/** Structured logger: `logger.info({ orderId }, 'order placed')`. */
export type Logger = PinoLogger;

/** Fields whose values never reach a log line, at the top level and down to three levels of nesting. */
export const redactedFields = [
  'authorization',
  'cookie',
  'set-cookie',
  'x-service-token',
  'x-session-id',
  'x-api-key',
  'password',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'previousSecret',
  'apiKey',
  'privateKey',
  'card',
  'cardNumber',
  'cvc',
  'connectionString',
  'databaseUrl',
] as const;

const redactedPaths = redactedFields.flatMap((field) =>
  ['', '*', '*.*', '*.*.*'].map((prefix) =>
    field.includes('-') ? `${prefix}["${field}"]` : prefix ? `${prefix}.${field}` : field,
  ),
);

/** `postgresql://user:password@host` loses its password; error messages of drivers repeat addresses. */
export const maskUrlPasswords = (text: string): string =>
  text.replaceAll(/(\w+:\/\/[^\s:/@]*):[^\s/@]+@/g, '$1:[redacted]@');

const serializeError = (problem: Error) => {
  const { type, message, stack, code, kind, cause } = stdSerializers.errWithCause(problem) as unknown as Record<
    string,
    unknown
  >;
  const text = (value: unknown) => (typeof value === 'string' ? maskUrlPasswords(value) : undefined);
  const causedBy = cause as { message?: string } | undefined;
  return {
    type,
    message: text(message),
    code,
    kind,
    stack: text(stack),
    ...(causedBy?.message && { cause: text(causedBy.message) }),
  };
};

/** Bytes of lines that wait for space on a full disk; later ones are lost. */
const WAITING_BYTES = 1024 * 1024;

/** Synchronous: a line written just before a crash must not be lost in a buffer. One that a full disk does not take ends nothing (T21). */
const standardOutput = () => {
  const destination = pino.destination({ dest: 1, sync: true, maxLength: WAITING_BYTES });
  destination.on('error', () => undefined);
  return destination;
};

/**
 * JSON lines on stdout with `service`, `level` as a word, `time` in ISO 8601 and, inside a request, `traceId`.
 * No transport: those run in worker threads from files that a bundle does not have.
 */
export const createLogger = (service: string, level: LogLevel, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'message',
      errorKey: 'error',
      serializers: { error: serializeError, err: serializeError },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      mixin: () => {
        const traceId = currentTraceId();
        return traceId ? { traceId } : {};
      },
    },
    destination ?? standardOutput(),
  );
