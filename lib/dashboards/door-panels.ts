/** Requests of a door: how many, how many fail, how long they take (RED). */
import type { Panel } from './dashboard.ts';
import { quantileOf, rateOf, shareOf } from './promql.ts';

/** Statuses of gRPC that are faults of ours; all others are answers. */
const grpcFaults = 'INTERNAL|UNKNOWN|DATA_LOSS|UNAVAILABLE|DEADLINE_EXCEEDED|UNIMPLEMENTED';

const doors = {
  HTTP: { prefix: 'http', outcome: 'status', faults: 'status=~"5.."', place: 'route' },
  gRPC: { prefix: 'grpc', outcome: 'code', faults: `code=~"${grpcFaults}"`, place: 'method' },
} as const;

export type DoorKind = keyof typeof doors;

/** Three panels over all services that `matchers` select, a line each. */
export const doorPanels = (kind: DoorKind, matchers: string): Panel[] => {
  const { prefix, faults } = doors[kind];
  const [requests, durations] = [`${prefix}_requests_total`, `${prefix}_request_duration_seconds`];
  const line = (expression: string) => [{ expression, legend: '{{service}}' }];
  return [
    {
      title: `${kind} requests`,
      description: `Answers a second at the ${kind} doors.`,
      unit: 'reqps',
      queries: line(rateOf(requests, matchers, ['service'])),
    },
    {
      title: `${kind} errors`,
      description: `Share of ${kind} answers that are faults of ours.`,
      unit: 'percentunit',
      queries: line(shareOf(requests, matchers, faults, ['service'])),
    },
    {
      title: `${kind} duration`,
      description: `Seconds within which 99 of 100 ${kind} requests are answered.`,
      unit: 's',
      queries: line(quantileOf(0.99, durations, matchers, ['service'])),
    },
  ];
};

/** Four panels of one service: its answers by outcome, its errors, how long answers take, and where they take longest. */
export const ownDoorPanels = (kind: DoorKind, matchers: string): Panel[] => {
  const { prefix, outcome, faults, place } = doors[kind];
  const [requests, durations] = [`${prefix}_requests_total`, `${prefix}_request_duration_seconds`];
  return [
    {
      title: `${kind} requests`,
      description: `Answers a second, by ${outcome}.`,
      unit: 'reqps',
      queries: [{ expression: rateOf(requests, matchers, [outcome]), legend: `{{${outcome}}}` }],
    },
    {
      title: `${kind} errors`,
      description: `Share of answers that are faults of ours.`,
      unit: 'percentunit',
      queries: [{ expression: shareOf(requests, matchers, faults), legend: 'errors' }],
    },
    {
      title: `${kind} duration`,
      description: 'Seconds within which so many of 100 requests are answered.',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((share) => ({
        expression: quantileOf(share, durations, matchers),
        legend: `${share * 100} of 100`,
      })),
    },
    {
      title: `Busiest ${kind} ${place}s`,
      description: `The ten ${place}s with the most answers a second.`,
      unit: 'reqps',
      queries: [{ expression: `topk(10, ${rateOf(requests, matchers, [place])})`, legend: `{{${place}}}` }],
    },
    {
      title: `Slowest ${kind} ${place}s`,
      description: `The ten ${place}s whose 95 of 100 answers take longest, in seconds.`,
      unit: 's',
      queries: [{ expression: `topk(10, ${quantileOf(0.95, durations, matchers, [place])})`, legend: `{{${place}}}` }],
    },
  ];
};
