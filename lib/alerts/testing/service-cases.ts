/** How the alerts of any service are tried. */
import { type CaseDraft, counter, gauge, histogram } from './series-case.ts';

/** By alert: what goes wrong with one service. */
export const serviceCases = (name: string, memoryMiB: number): ReadonlyMap<string, CaseDraft> => {
  const of = `service="${name}"`;
  const http = `${of}, method="GET", route="/things"`;
  const limit = memoryMiB * 1_048_576;
  return new Map(
    Object.entries<CaseDraft>({
      ServiceSilent: {
        series: [
          counter(`process_cpu_seconds_total{${of}, pod="a"}`, 1, null, null),
          counter(`process_cpu_seconds_total{${of}, pod="b"}`, 1, null, 1),
        ],
      },
      RestartsOften: {
        series: [gauge(`process_start_time_seconds{${of}}`, 100, '200 300 400 400x6', '200 300 300x7')],
        badMinutes: 10,
        clearMinutes: 40,
      },
      MemoryNearLimit: {
        series: [gauge(`process_resident_memory_bytes{${of}}`, limit / 2, limit * 0.81, limit * 0.79)],
      },
      EventLoopSlow: { series: [gauge(`nodejs_eventloop_lag_p99_seconds{${of}}`, 0.01, 0.51, 0.5)] },
      SpansLost: {
        series: [
          counter(`spans_lost_total{${of}, why="not taken"}`, 0, 8, '0 5 10 10x26'),
          counter(`spans_lost_total{${of}, why="no room"}`, 0, 8, 0),
        ],
        badMinutes: 30,
        clearMinutes: 40,
      },
      HttpErrors: {
        // The second: three errors of five requests.
        series: [
          counter(`http_requests_total{${http}, status="503"}`, 0, 8, 6, 0.6),
          counter(`http_requests_total{${http}, status="200"}`, 60, 60, 60, 0.4),
        ],
      },
      HttpSlow: {
        series: [
          ...histogram('http_request_duration_seconds', http, [1, 2.5], [60, 60], [60, 40], [60, 54], [3, 0]),
          ...histogram(
            'http_request_duration_seconds',
            `${of}, route="/api/ai/message"`,
            [1, 2.5],
            ...([
              [60, 0],
              [60, 0],
              [60, 0],
              [60, 0],
            ] as [number, number][]),
          ),
        ],
      },
      GrpcErrors: {
        series: [
          counter(`grpc_requests_total{${of}, method="Get", code="INTERNAL"}`, 0, 8, 6, 0.6, 0),
          counter(`grpc_requests_total{${of}, method="Get", code="NOT_FOUND"}`, 0, 0, 0, 0, 60),
          counter(`grpc_requests_total{${of}, method="Get", code="OK"}`, 60, 60, 60, 0.4, 60),
        ],
      },
      GrpcSlow: {
        series: histogram(
          'grpc_request_duration_seconds',
          `${of}, method="Get"`,
          [1, 2.5],
          [60, 60],
          [60, 40],
          [60, 54],
          [3, 0],
        ),
      },
      ServiceCallsRefused: {
        // Silent: a few while a release goes out, and customers whose passwords are wrong, whom a gRPC door refuses all day.
        series: [
          counter(`security_events_total{${of}, caller="service", event="unauthenticated"}`, 0, 2, 0.9, 0),
          counter(`security_events_total{${of}, caller="person", event="unauthenticated"}`, 30, 30, 30, 60),
        ],
        clearMinutes: 15,
        found: { event: 'unauthenticated' },
      },
      DatabaseCallersWait: {
        series: [
          gauge(`pg_pool_connections{${of}, pool="main", state="waiting"}`, 0, 1, 0),
          gauge(`pg_pool_connections{${of}, pool="main", state="busy"}`, 5, 10, 10),
        ],
      },
      JobsFail: {
        series: [
          counter(`jobs_finished_total{${of}, queue="sweep", result="failed"}`, 0, 1, 0.5, 0.1),
          counter(`jobs_finished_total{${of}, queue="sweep", result="completed"}`, 1, 0.5, 1, 0),
        ],
        badMinutes: 45,
        clearMinutes: 40,
        found: { queue: 'sweep' },
      },
      OutboxOld: { series: [gauge(`outbox_oldest_age_seconds{${of}}`, 0, 61, 60)] },
      OutboxBlocked: { series: [gauge(`outbox_blocked_aggregates{${of}}`, 0, 1, 0)] },
      ConsumerBehind: {
        series: [gauge(`consumer_lag_seconds{${of}, group="g", topic="t"}`, 0, 301, 300)],
        found: { topic: 't' },
      },
      ConsumerPaused: { series: [gauge(`consumer_paused{${of}}`, 0, 1, 0)] },
      DeadLetters: {
        series: [
          counter(`consumer_handled_total{${of}, topic="t", result="dead"}`, 0, 1, 0),
          counter(`consumer_handled_total{${of}, topic="t", result="handled"}`, 9, 9, 9),
        ],
        badMinutes: 2,
        clearMinutes: 20,
        found: { topic: 't' },
      },
      CircuitBreakerOpen: {
        series: [gauge(`circuit_breaker_state{${of}, breaker="b"}`, 0, 2, 0)],
        found: { breaker: 'b' },
      },
      RefusalsRise: {
        series: [counter(`security_events_total{${of}, caller="person", event="too-many"}`, 6, 330, 290)],
        clearMinutes: 15,
        badMinutes: 25,
        found: { event: 'too-many' },
      },
    }),
  );
};
