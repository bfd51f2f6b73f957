import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { grpcServiceName, type NamedPort } from './ports.ts';
import type { Workload } from './workload.ts';

const servicePort = ({ name, port }: NamedPort): k8s.ServicePort => ({
  name,
  port,
  targetPort: k8s.IntOrString.fromString(name),
  appProtocol: name === 'grpc' ? 'kubernetes.io/h2c' : 'http',
});

/**
 * Adds one Service a door: HTTP behind a cluster address; gRPC headless, because its long-lived connections are balanced by
 * the callers over all pod addresses. A public service also gets an Ingress where the environment has a public door.
 */
export const addServicesAndIngress = (
  scope: Construct,
  { service, values, metadata, selector, doors }: Workload,
): void => {
  for (const door of doors) {
    const headless = door.name === 'grpc';
    new k8s.KubeService(scope, `service-${door.name}`, {
      metadata: { ...metadata, name: headless ? grpcServiceName(service) : service.name },
      spec: {
        selector,
        ports: [servicePort(door)],
        type: 'ClusterIP',
        clusterIp: headless ? 'None' : undefined,
      },
    });
  }
  if (!service.public || !values.ingress) return;
  if (service.ports.http === undefined)
    throw new Error(
      `services/${service.name}/manifest.ts: is public but declares no ports.http; declare one or drop public`,
    );
  const { className, host, annotations } = values.ingress;
  new k8s.KubeIngress(scope, 'ingress', {
    metadata: { ...metadata, annotations: { ...annotations } },
    spec: {
      ingressClassName: className,
      rules: [
        {
          host,
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: service.name, port: { name: 'http' } } } },
            ],
          },
        },
      ],
    },
  });
};
