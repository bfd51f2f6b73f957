/** The options of every command that asks a shop at its public door, on this machine or on AWS, as somebody of its staff. */
import type { Command } from 'commander';
import type { Environment } from '../../lib/environment/environment.ts';
import { dataOption, emailOption, environmentChoice, jsonOption, urlOption } from './options.ts';

/** Which shop, and who asks. */
export type StaffedShopFlags = {
  readonly data: string;
  readonly environment?: Environment;
  readonly url?: string;
  readonly as?: string;
  readonly json?: boolean;
};

/**
 * Adds `--as`, `--environment`, `--url`, `--data` and `--json`.
 * @param who whose e-mail address `--as` is; default any member of staff
 */
export const staffedShop = (command: Command, who = 'member of staff who asks'): Command =>
  command
    .addOption(emailOption('--as <email>', `${who}; the password is CLOUDMART_PASSWORD`))
    .addOption(environmentChoice('a shop on AWS, of lib/environments.ts, in place of the one on this machine'))
    .addOption(urlOption('--url <address>', 'address of that shop, where lib/environments.ts has none'))
    .addOption(dataOption())
    .addOption(jsonOption());
