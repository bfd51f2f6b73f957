import * as z from 'zod';
import { heldSecret } from '../kit/config/held-secret.ts';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'must be an origin such as https://shop.example',
  );
const perMinute = z.coerce.number().int().min(1).max(10_000_000);

/** The keys that manifest.ts declares under `configuration`. */
export const gatewayConfig = z.object({
  ALLOWED_ORIGINS: list.pipe(z.array(origin)),
  RATE_LIMIT_PER_MINUTE: perMinute,
  LOGIN_LIMIT_PER_MINUTE: perMinute,
  ASSISTANT_LIMIT_PER_MINUTE: perMinute,
  REQUESTS_AT_ONCE: z.coerce.number().int().min(1).max(1_000),
  GUEST_SESSION_SECRET: heldSecret,
  CDN_PROOF: heldSecret,
  ENVIRONMENT: z.string().min(1),
});

export type GatewayConfig = z.output<typeof gatewayConfig>;
