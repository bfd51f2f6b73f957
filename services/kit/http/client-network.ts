import { normalizeIP } from '@fastify/rate-limit';
import type { HttpServer } from './fastify-zod.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom to count: the client's IPv4 address, or the /64 of its IPv6 address. */
    readonly network: string;
  }
}

/** Header and gRPC metadata with which the public door tells the services behind whom they are to count. */
export const networkHeader = 'x-client-network';

/**
 * An address as limits count it, in one spelling. One customer of a provider has a whole /64 of IPv6 (RFC 6177), so its
 * 2^64 addresses are one; an IPv4 address in IPv6 clothes is the IPv4 address.
 */
export const networkOf = (address: string): string => normalizeIP(address, 64);

/** Sets `request.network`. */
export const addClientNetwork = (http: HttpServer): void => {
  http.decorateRequest('network', {
    getter() {
      return networkOf(this.ip);
    },
  });
};
