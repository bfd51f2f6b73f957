/** What the operations service of a shop answers, for the commands that print it. */
export type { Act } from '../../services/contracts/http/operations/acts-api.ts';
export type { CacheAnalysis, DeletedKeys } from '../../services/contracts/http/operations/cache-api.ts';
export type {
  ConsumerView,
  PlannedMove,
  ResetOffsetsAnswer,
} from '../../services/contracts/http/operations/consumers-api.ts';
export type {
  BlockedSessions,
  Connections,
  DatabaseSession,
} from '../../services/contracts/http/operations/database-sessions-api.ts';
export type {
  BloatFindings,
  IndexFindings,
  Replication,
  SlowStatements,
} from '../../services/contracts/http/operations/databases-api.ts';
export type {
  DeadLetterView,
  ReplayAnswer,
  ReplayResult,
} from '../../services/contracts/http/operations/dead-letters-api.ts';
export type {
  SequenceFinding,
  SequenceRepair,
  TailedEvent,
} from '../../services/contracts/http/operations/event-sequences-api.ts';
export type {
  Incident,
  IncidentNote,
  MaintenanceWindow,
} from '../../services/contracts/http/operations/incidents-api.ts';
export type { Pipeline } from '../../services/contracts/http/operations/pipelines-api.ts';
export type {
  Edge,
  HealthStatus,
  ServiceHealth,
  Topology,
} from '../../services/contracts/http/operations/topology-api.ts';
