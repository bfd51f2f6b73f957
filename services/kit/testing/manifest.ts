import { defineService, type ServiceManifest } from '../manifest.ts';

/** A manifest of a service that exists only in a test; parts can be given instead. */
export const testManifest = (parts: Partial<ServiceManifest> = {}): ServiceManifest =>
  defineService({
    name: 'sample',
    kind: 'web+grpc',
    summary: 'A service of the tests.',
    ports: { http: 9001, grpc: 9002 },
    owns: {},
    publishes: {},
    consumes: {},
    calls: [],
    criticalFunctions: [],
    configuration: {},
    scaling: { min: 1, max: 1, cpuPercent: 50 },
    size: { cpuMillis: 100, memoryMiB: 128 },
    ...parts,
  });
