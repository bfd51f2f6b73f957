import { fastify } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ServiceContext } from '../context.ts';
import { addHealthRoutes, addMetricsRoute } from './health-routes.ts';

export type ProbeServer = { readonly port: number; close(): Promise<void> };

/**
 * A listener for probes alone: it answers before the doors open and while they drain, and no load on the doors or
 * rate limit can make a probe fail.
 */
export const startProbeServer = async (context: ServiceContext<unknown>, port: number): Promise<ProbeServer> => {
  const probes = fastify({
    logger: false,
    requestTimeout: 5_000,
    bodyLimit: 1024,
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  probes.setValidatorCompiler(validatorCompiler);
  probes.setSerializerCompiler(serializerCompiler);
  addHealthRoutes(probes, context);
  addMetricsRoute(probes, context);
  const address = new URL(await probes.listen({ host: context.config.bindAddress, port }));
  return { port: Number(address.port), close: () => probes.close() };
};
