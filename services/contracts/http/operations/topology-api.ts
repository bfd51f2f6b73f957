/** What the shop is made of, what its parts are to each other, and how they are; `/operations/topology` and `/operations/health`. */
import { z } from 'zod';
import { exampleTime, timestampSchema } from '../values.ts';

/** What one service has to do with another, or with something that is owned. */
export const relations = [
  'calls',
  'publishes',
  'consumes',
  'follows',
  'owns',
  'observes',
  'operates',
  'reaches',
] as const;

const namedThings = z.strictObject({
  kind: z.enum(['service', 'topic', 'table', 'database', 'bucket', 'outside']),
  name: z.string(),
});

/** A service as its manifest declares it: the part that those who operate it need, and what every service that operates others is given. */
export const declaredServiceSchema = z.strictObject({
  name: z.string(),
  kind: z.string(),
  /** What runs of it: pods, a function, a site, a Flink application. */
  runs: z.enum(['pods', 'function', 'site', 'flink']),
  /** Whether the world outside reaches it. */
  isPublic: z.boolean(),
  calls: z.array(z.string()),
  publishes: z.array(z.string()),
  /** Topics, each with the types of event that it acts on; null: all. */
  consumes: z.record(z.string(), z.array(z.string()).nullable()),
  /** Tables whose changes wake it. */
  follows: z.array(z.string()),
  owns: z.array(namedThings),
  observes: z.array(namedThings),
  operates: z.array(namedThings),
  reaches: z.array(z.string()),
  /** Seconds within which an event must have had its effect; null: nobody measures it. */
  freshWithinSeconds: z.number().nullable(),
});

export const platformMapSchema = z.array(declaredServiceSchema);

/** `unknown`: it has no door at which it could be asked. */
export const healthStatuses = ['healthy', 'degraded', 'unhealthy', 'unknown'] as const;

const exampleEdge = { service: 'cart', relation: 'calls', kind: 'service', name: 'product' };
const exampleNode = { name: 'cart', kind: 'web', runs: 'pods', status: 'healthy', replicas: null };

const nodeSchema = z.strictObject({
  name: z.string(),
  kind: z.string(),
  runs: declaredServiceSchema.shape.runs,
  status: z.enum(healthStatuses),
  /** Processes that its name leads to; null where a name leads to a balancer. */
  replicas: z.int().nullable(),
});

const edgeSchema = z.strictObject({
  service: z.string(),
  relation: z.enum(relations),
  /** Of what, and which one. */
  ...namedThings.shape,
});

export const topologyAnswer = z
  .strictObject({ services: z.array(nodeSchema), edges: z.array(edgeSchema) })
  .meta({ example: { services: [exampleNode], edges: [exampleEdge] } });

const exampleHealth = {
  name: 'cart',
  kind: 'web',
  status: 'degraded',
  checks: { cache: { status: 'down', critical: false, durationMs: 500, error: 'timeout' } },
  uptimeSeconds: 3600,
  memoryMiB: 96,
  answeredInMs: 512,
  note: null,
};

const serviceHealthSchema = z.strictObject({
  name: z.string(),
  kind: z.string(),
  status: z.enum(healthStatuses),
  /** What it depends on, as it sees that itself. */
  checks: z.record(
    z.string(),
    z.strictObject({
      status: z.enum(['up', 'down']),
      critical: z.boolean(),
      durationMs: z.number(),
      error: z.string().nullable(),
    }),
  ),
  uptimeSeconds: z.number().nullable(),
  memoryMiB: z.number().nullable(),
  answeredInMs: z.number().nullable(),
  /** Why it is not known, or what came instead of an answer. */
  note: z.string().nullable(),
});

export const healthAnswer = z
  .strictObject({
    /** The worst of those that are known. */
    status: z.enum(healthStatuses),
    at: timestampSchema,
    services: z.array(serviceHealthSchema),
  })
  .meta({ example: { status: 'degraded', at: exampleTime, services: [exampleHealth] } });

export type DeclaredService = z.output<typeof declaredServiceSchema>;
export type NamedThing = z.output<typeof namedThings>;
export type Topology = z.output<typeof topologyAnswer>;
export type Edge = z.output<typeof edgeSchema>;
export type ServiceHealth = z.output<typeof serviceHealthSchema>;
export type HealthStatus = (typeof healthStatuses)[number];
