import type { ServiceManifest } from '../../services/kit/manifest.ts';

/** Listener of the three probes, apart from the doors so that a full request queue never looks like a dead process. */
export const probePort = 9000;

/** A port under the name that Services and network policies use for it. */
export type NamedPort = { readonly name: 'http' | 'grpc'; readonly port: number };

/** The doors that a service declares. Throws when one of them is the probes' port. */
export const namedPortsOf = (service: ServiceManifest): NamedPort[] => {
  const doors = (['http', 'grpc'] as const).flatMap((name) => {
    const port = service.ports[name];
    return port === undefined ? [] : [{ name, port }];
  });
  for (const { name, port } of doors)
    if (port === probePort)
      throw new Error(
        `services/${service.name}/manifest.ts: ports.${name} ${port} is the port of the probes in every pod; choose another`,
      );
  return doors;
};

/** Name of the headless Service that gRPC callers balance over. */
export const grpcServiceName = (service: ServiceManifest): string => `${service.name}-grpc`;
