/** What may be wrong with any service that runs in pods, by the parts that its manifest gives it. */
import { metricsOf, processPrefixes } from '../../services/contracts/metrics/metric-catalogue.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { AlertRule } from './rule.ts';
import { selectorsIn } from './selectors.ts';

type Draft = Omit<AlertRule, 'owner' | 'labels'>;

const MEBIBYTE = 1_048_576;
/** Share of answers that are faults of ours. */
const mostErrors = 0.1;
/** Faults below which a share says nothing: one of three requests at night. */
const leastErrors = 5;
const slowSeconds = 2;
/** Calls refused within 10 minutes as they may be while a release goes out or a secret is rotated. */
const mostRefusedCalls = 10;
/** Answers of models take as long as they take; `AnswersSlow` watches them. */
const notOfModels = 'route!~"/api/ai/.*"';
/** Statuses of gRPC that are faults of ours; all others are answers. */
const grpcFaults = 'code=~"INTERNAL|UNKNOWN|DATA_LOSS|UNAVAILABLE|DEADLINE_EXCEEDED|UNIMPLEMENTED"';

/** Share of a counter's events that have a label, above a limit, and enough of them to mean something. */
const tooMany = (metric: string, service: string, bad: string, windowMinutes: number, share: number, least: number) => {
  const increase = (selector: string) => `sum(increase(${metric}{${selector}}[${windowMinutes}m]))`;
  const [some, all] = [increase(`service="${service}", ${bad}`), increase(`service="${service}"`)];
  return `${some} / ${all} > ${share} and ${some} >= ${least}`;
};

const slow = (metric: string, selector: string) =>
  `histogram_quantile(0.95, sum by (le) (rate(${metric}_bucket{${selector}}[5m]))) > ${slowSeconds} and sum(increase(${metric}_count{${selector}}[5m])) >= 20`;

const processAlerts = ({ name, size }: ServiceManifest): Draft[] => [
  {
    alert: 'ServiceSilent',
    expression: `absent(process_cpu_seconds_total{service="${name}"})`,
    forMinutes: 5,
    severity: 'page',
    summary: `No pod of ${name} has shown its metrics for 5 minutes: none runs, or nobody can reach it.`,
    runbook: 'pods-missing',
  },
  {
    alert: 'RestartsOften',
    expression: `max(changes(process_start_time_seconds{service="${name}"}[30m])) > 2`,
    forMinutes: 0,
    severity: 'ticket',
    summary: `A container of ${name} has started more than twice within half an hour.`,
    runbook: 'pods-missing',
  },
  {
    alert: 'MemoryNearLimit',
    expression: `max(process_resident_memory_bytes{service="${name}"}) / ${size.memoryMiB * MEBIBYTE} > 0.8`,
    forMinutes: 10,
    severity: 'ticket',
    summary: `A pod of ${name} has used more than 80 % of its ${size.memoryMiB} MiB for 10 minutes; at 100 % it is killed.`,
    runbook: 'service-overloaded',
  },
  {
    alert: 'EventLoopSlow',
    expression: `max(nodejs_eventloop_lag_p99_seconds{service="${name}"}) > 0.5`,
    forMinutes: 5,
    severity: 'ticket',
    summary: `Work in a pod of ${name} has waited more than half a second for its turn for 5 minutes.`,
    runbook: 'service-overloaded',
  },
  {
    alert: 'SpansLost',
    expression: `sum(increase(spans_lost_total{service="${name}"}[10m])) > 0`,
    forMinutes: 15,
    severity: 'ticket',
    summary: `Spans of ${name} have reached no collector for 15 minutes: its part is missing in every trace.`,
    runbook: 'traces-missing',
  },
];

const httpAlerts = ({ name, public: isPublic }: ServiceManifest): Draft[] => [
  {
    alert: 'HttpErrors',
    expression: tooMany('http_requests_total', name, 'status=~"5.."', 5, mostErrors, leastErrors),
    forMinutes: 5,
    severity: 'page',
    summary: `More than a tenth of the HTTP answers of ${name} have been 5xx for 5 minutes.`,
    runbook: 'public-errors',
  },
  {
    alert: 'HttpSlow',
    expression: slow('http_request_duration_seconds', `service="${name}", ${notOfModels}`),
    forMinutes: 5,
    severity: isPublic ? 'page' : 'ticket',
    summary: `One of twenty HTTP answers of ${name} has taken longer than ${slowSeconds} seconds for 5 minutes.`,
    runbook: 'public-errors',
  },
];

const grpcAlerts = ({ name }: ServiceManifest): Draft[] => [
  {
    alert: 'GrpcErrors',
    expression: tooMany('grpc_requests_total', name, grpcFaults, 5, mostErrors, leastErrors),
    forMinutes: 5,
    severity: 'page',
    summary: `More than a tenth of the gRPC answers of ${name} have been faults for 5 minutes.`,
    runbook: 'public-errors',
  },
  {
    alert: 'GrpcSlow',
    expression: slow('grpc_request_duration_seconds', `service="${name}"`),
    forMinutes: 5,
    severity: 'ticket',
    summary: `One of twenty gRPC answers of ${name} has taken longer than ${slowSeconds} seconds for 5 minutes.`,
    runbook: 'public-errors',
  },
];

/** Services of one release never refuse each other, whatever customers do: a token is forged, overheard or without a right. */
const grpcRefusalAlerts = ({ name, ports }: ServiceManifest): Draft[] =>
  ports.grpc === undefined
    ? []
    : [
        {
          alert: 'ServiceCallsRefused',
          expression: `sum by (event) (increase(security_events_total{service="${name}", caller="service"}[10m])) > ${mostRefusedCalls}`,
          forMinutes: 0,
          severity: 'ticket',
          summary: `${name} has refused more than ${mostRefusedCalls} gRPC calls within 10 minutes: tokens that are forged or of another method, or callers without a right.`,
          runbook: 'suspicious-requests',
        },
      ];

const databaseAlerts = ({ name }: ServiceManifest): Draft[] => [
  {
    alert: 'DatabaseCallersWait',
    expression: `sum(pg_pool_connections{service="${name}", state="waiting"}) > 0`,
    forMinutes: 5,
    severity: 'ticket',
    summary: `Callers in ${name} have waited for a connection to the database for 5 minutes.`,
    runbook: 'database-connections',
  },
  {
    alert: 'JobsFail',
    expression: `sum by (queue) (increase(jobs_finished_total{service="${name}", result="failed"}[30m])) > 5 and sum by (queue) (increase(jobs_finished_total{service="${name}", result="failed"}[30m])) / sum by (queue) (increase(jobs_finished_total{service="${name}"}[30m])) > 0.5`,
    forMinutes: 10,
    severity: 'ticket',
    summary: `More than half of the runs of a job of ${name} have failed within half an hour.`,
    runbook: 'jobs-fail',
  },
  {
    alert: 'OutboxOld',
    expression: `max(outbox_oldest_age_seconds{service="${name}"}) > 60`,
    forMinutes: 5,
    severity: 'page',
    summary: `An event of ${name} has waited for more than a minute to be published, for 5 minutes.`,
    runbook: 'events-not-published',
  },
  {
    alert: 'OutboxBlocked',
    expression: `max(outbox_blocked_aggregates{service="${name}"}) > 0`,
    forMinutes: 5,
    severity: 'page',
    summary: `The event stream refuses an event of ${name}, and later events of the same key wait behind it.`,
    runbook: 'events-not-published',
  },
];

const consumerAlerts = ({ name }: ServiceManifest): Draft[] => [
  {
    alert: 'ConsumerBehind',
    expression: `max by (topic) (consumer_lag_seconds{service="${name}"}) > 300`,
    forMinutes: 5,
    severity: 'page',
    summary: `The oldest event that ${name} has not handled has been older than 5 minutes for 5 minutes.`,
    runbook: 'consumer-lag',
  },
  {
    alert: 'ConsumerPaused',
    expression: `max(consumer_paused{service="${name}"}) > 0`,
    forMinutes: 10,
    severity: 'ticket',
    summary: `Events have waited in ${name} for a database or a service that is down, for 10 minutes.`,
    runbook: 'consumer-lag',
  },
  {
    alert: 'DeadLetters',
    expression: `sum by (topic) (increase(consumer_handled_total{service="${name}", result="dead"}[15m])) > 0`,
    forMinutes: 0,
    severity: 'ticket',
    summary: `${name} has put records that it could not handle into a dead-letter topic.`,
    runbook: 'dead-letters',
  },
];

const callAlerts = ({ name }: ServiceManifest): Draft[] => [
  {
    alert: 'CircuitBreakerOpen',
    expression: `max by (breaker) (circuit_breaker_state{service="${name}"}) > 0`,
    forMinutes: 5,
    severity: 'ticket',
    summary: `${name} has not got through to a service that it calls for 5 minutes, and answers without it.`,
    runbook: 'callee-down',
  },
];

/** HTTP at the public door alone: what it refuses never comes further. */
const doorAlerts = ({ name, public: isPublic }: ServiceManifest): Draft[] => {
  if (!isPublic) return [];
  return [
    {
      alert: 'RefusalsRise',
      expression: `sum by (event) (rate(security_events_total{service="${name}"}[10m])) > 5`,
      forMinutes: 10,
      severity: 'ticket',
      summary: `${name} has refused more than 5 requests a second for 10 minutes: unknown callers, forbidden doors, or too many requests.`,
      runbook: 'suspicious-requests',
    },
  ];
};

/** Whether a service emits all that an alert asks for. */
const canRing = (service: ServiceManifest) => {
  const emitted = new Set(metricsOf(service).map(({ name }) => name));
  return ({ expression }: Draft) =>
    selectorsIn(expression).every(
      ({ metric }) =>
        processPrefixes.some((prefix) => metric.startsWith(prefix)) ||
        emitted.has(metric) ||
        emitted.has(metric.replace(/_(bucket|count)$/, '')),
    );
};

/** Alerts of one service that runs in pods: all that its metrics can tell. */
export const serviceAlerts = (service: ServiceManifest): AlertRule[] =>
  [processAlerts, httpAlerts, grpcAlerts, grpcRefusalAlerts, databaseAlerts, consumerAlerts, callAlerts, doorAlerts]
    .flatMap((alerts) => alerts(service))
    .filter(canRing(service))
    .map((draft) => ({ ...draft, owner: service.name, labels: { service: service.name } }));
