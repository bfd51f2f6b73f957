/** Where spans are sent, under the names that OpenTelemetry gives its settings. */
export const traceVariables = (endpoint: string, share: number): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_TRACES_SAMPLER_ARG: String(share),
});
