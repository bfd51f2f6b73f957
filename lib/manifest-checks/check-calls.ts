import { runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { abilities } from './abilities.ts';
import { manifestProblem } from './manifest-problem.ts';

/** Throws what is wrong about whom a service calls, and how. */
export const checkCalls = (service: ServiceManifest, services: readonly ServiceManifest[]): void => {
  for (const callee of service.calls) {
    const target = services.find(({ name }) => name === callee);
    if (!target)
      throw manifestProblem(
        service.name,
        `calls "${callee}", which does not exist; known services: ${services.map(({ name }) => name).join(', ')}`,
      );
    if (!abilities[runtimeOf(target)].hasDoors)
      throw manifestProblem(
        service.name,
        `calls "${callee}", which is a ${target.kind} without a door; publish an event that it consumes`,
      );
  }
  for (const callee of service.callsByGrpc ?? []) {
    if (!service.calls.includes(callee))
      throw manifestProblem(service.name, `calls "${callee}" by gRPC and does not call it; add it to calls`);
    if (services.find(({ name }) => name === callee)?.ports.grpc === undefined)
      throw manifestProblem(
        service.name,
        `calls "${callee}" by gRPC, which has no such door; declare ports.grpc there, or remove it from callsByGrpc`,
      );
  }
};
