import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { proofHeader, viewerHeader } from '../values/viewer-headers.ts';
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

const digest = (text: string) => createHash('sha256').update(text).digest();

/** The viewer's address that the shop's own content delivery network vouches for. */
const vouchedAddress = ({ headers }: FastifyRequest, proofs: readonly Buffer[]): string | undefined => {
  const { [viewerHeader]: viewer, [proofHeader]: shown } = headers;
  if (typeof viewer !== 'string' || typeof shown !== 'string') return undefined;
  const isProved = proofs.some((proof) => timingSafeEqual(digest(shown), proof));
  return isProved && isIP(viewer) > 0 ? viewer : undefined;
};

/**
 * Sets `request.network`.
 * @param cdnProofs one of them {@link proofHeader} must hold for {@link viewerHeader} to be believed; without any, nobody is. Whoever comes
 *   through a content delivery network has one of its few addresses, so that all of them would share one limit.
 */
export const addClientNetwork = (http: HttpServer, cdnProofs: readonly string[] = []): void => {
  const proofs = cdnProofs.map(digest);
  http.decorateRequest('network', {
    getter() {
      return networkOf(vouchedAddress(this, proofs) ?? this.ip);
    },
  });
};
