import type { Environment } from '../environment/environment.ts';
import type { WatchPipelines } from '../release/verify/standing-pipelines.ts';
import { type StaffedShop, signInAsAdmin } from '../shop/staff-session.ts';
import { lookAtPipelines } from './look-at-pipelines.ts';

/**
 * Signs in as the first account of a shop and asks as often as `work` wants; signs out afterwards.
 * @param environment of a shop on AWS; undefined: the shop runs here
 * @param say gets one sentence when AWS cannot be asked
 */
export const watchAsStaff =
  (shop: StaffedShop, environment: Environment | undefined, say: (sentence: string) => void): WatchPipelines =>
  async (work) => {
    const session = await signInAsAdmin(shop, undefined);
    try {
      return await work(async () => (await lookAtPipelines(session.operations, environment, say)).pipelines);
    } finally {
      // A session that could not be ended ends by itself.
      await session.close().catch(() => undefined);
    }
  };
