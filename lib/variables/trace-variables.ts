/** Where spans are sent, under the names that OpenTelemetry gives its settings. */
import { XRAY_DAEMON } from '../../services/kit/config/derived-config.ts';
import { spanCollector } from '../names.ts';

const variables = (endpoint: string, share: number): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_TRACES_SAMPLER_ARG: String(share),
});

/** For pods: the agent on their own node. */
export const podTraceVariables = ({ share }: { readonly share: number }): Record<string, string> => {
  const { service, namespace, port } = spanCollector;
  return variables(`http://${service}.${namespace}.svc.cluster.local:${port}`, share);
};

/** For functions, which are outside of the cluster: the daemon that Lambda runs beside each. */
export const functionTraceVariables = ({ share }: { readonly share: number }): Record<string, string> =>
  variables(XRAY_DAEMON, share);
