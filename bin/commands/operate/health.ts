import { Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

/** `cloudmart health`: how every service is, and why. */
export const healthCommand = (): Command =>
  staffedShop(
    new Command('health')
      .summary('say how every service is, and why')
      .description('ask every service at once how it is and what it depends on, and name each check that fails'),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'healthy: all is well; degraded: it serves, and does without something; unhealthy: it serves nobody; unknown: it has no door, and its pipelines tell how it is.',
        ],
        examples: ['npx cloudmart health', 'npx cloudmart health --environment production --json'],
        done: 'every service that can be asked is healthy',
        failed: 'one is not, or the shop is not there',
      }),
    )
    .action(async (flags: StaffedShopFlags) => (await import('../run/operate/health.ts')).runHealth(flags));
