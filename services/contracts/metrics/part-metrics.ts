/** What each part that services share tells of itself: doors, calls, database, events, cache. */
import type { CataloguedMetric } from './catalogued-metric.ts';

const named = 'names in the code';
const callers = ['api-gateway', 'cart', 'order', 'assistant'];
const httpRequest = { method: named, route: named, status: named } as const;
const grpcCall = { method: named, code: named } as const;

export const partMetrics: readonly CataloguedMetric[] = [
  {
    name: 'http_requests_total',
    kind: 'counter',
    help: 'HTTP requests answered.',
    labels: httpRequest,
    emittedBy: 'HTTP door',
  },
  {
    name: 'http_request_duration_seconds',
    kind: 'histogram',
    help: 'Seconds from the first byte of a request to the end of its answer; streams of events are not timed.',
    labels: httpRequest,
    emittedBy: 'HTTP door',
  },
  {
    name: 'http_undeclared_refusals_total',
    kind: 'counter',
    help: 'Refusals with a code that the contract of the door does not name.',
    labels: { route: named, code: named },
    emittedBy: 'HTTP door',
  },
  {
    name: 'security_events_total',
    kind: 'counter',
    help: 'Requests refused for who sent them, or for how many.',
    labels: { event: ['unauthenticated', 'forbidden', 'too-many'], caller: ['person', 'service'] },
    emittedBy: 'any door',
  },
  {
    name: 'spans_lost_total',
    kind: 'counter',
    help: 'Recorded spans that reached no collector: the work that they tell of went on all the same.',
    labels: { why: ['no room', 'not taken'] },
    emittedBy: 'HTTP door',
  },
  {
    name: 'grpc_requests_total',
    kind: 'counter',
    help: 'gRPC calls answered.',
    labels: grpcCall,
    emittedBy: 'gRPC door',
  },
  {
    name: 'grpc_request_duration_seconds',
    kind: 'histogram',
    help: 'Seconds from the arrival of a gRPC call to the end of its answer.',
    labels: grpcCall,
    emittedBy: 'gRPC door',
  },
  {
    name: 'circuit_breaker_state',
    kind: 'gauge',
    help: 'State of a circuit breaker: 0 closed, 1 half-open, 2 open.',
    labels: { breaker: named },
    emittedBy: callers,
  },
  {
    name: 'call_retries_total',
    kind: 'counter',
    help: 'Calls to other services that were asked once more.',
    labels: { callee: named },
    emittedBy: callers,
  },
  {
    name: 'pg_pool_connections',
    kind: 'gauge',
    help: 'Connections of the database pools, and callers that wait for one.',
    labels: { pool: named, state: ['busy', 'idle', 'waiting'] },
    emittedBy: 'database',
  },
  {
    name: 'jobs_finished_total',
    kind: 'counter',
    help: 'Runs of jobs by how they ended.',
    labels: { queue: named, result: ['completed', 'failed'] },
    emittedBy: 'database',
  },
  {
    name: 'outbox_unpublished',
    kind: 'gauge',
    help: 'Events that are committed but not in the log yet.',
    emittedBy: 'outbox',
  },
  {
    name: 'outbox_oldest_age_seconds',
    kind: 'gauge',
    help: 'Age of the oldest unpublished event; 0 if there is none.',
    emittedBy: 'outbox',
  },
  {
    name: 'outbox_blocked_aggregates',
    kind: 'gauge',
    help: 'Aggregates whose next event the log refuses; seen by the process that publishes.',
    emittedBy: 'outbox',
  },
  {
    name: 'consumer_handled_total',
    kind: 'counter',
    help: 'Records by what became of them.',
    labels: { topic: named, result: ['handled', 'duplicate', 'ignored', 'dead', 'retried', 'dropped'] },
    emittedBy: 'consumer',
  },
  {
    name: 'consumer_paused',
    kind: 'gauge',
    help: '1 while events wait for something that is down.',
    emittedBy: 'consumer',
  },
  {
    name: 'consumer_lag_records',
    kind: 'gauge',
    help: 'Records that the group has not handled.',
    labels: { group: named, topic: named },
    emittedBy: 'consumer',
  },
  {
    name: 'consumer_lag_seconds',
    kind: 'gauge',
    help: 'Age of the oldest record that the group has not handled; 0 if there is none.',
    labels: { group: named, topic: named },
    emittedBy: 'consumer',
  },
  {
    name: 'cache_requests_total',
    kind: 'counter',
    help: 'Reads of the cache.',
    labels: { result: ['hit', 'miss'] },
    emittedBy: 'cache',
  },
];
