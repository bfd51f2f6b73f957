/** Values that several parts of an environment have. */
import { z } from 'zod';

/** An IPv4 range. */
export const cidr = z.cidrv4('write an IPv4 range such as 10.10.0.0/16');
/** What CloudWatch Logs takes, up to ten years; any other number fails only when it is deployed. Source: its API, PutRetentionPolicy. */
export const logDays = z.literal([
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]);
/** A whole number between two bounds. */
export const count = (least: number, most: number) => z.int().min(least).max(most);
/** A name in DNS. */
export const hostName = z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name such as shop.example.com');
