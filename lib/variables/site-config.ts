/** What a browser reads at `/config.json` before anything else: made by the platform for one environment, never built in. */
import type { Environment } from '../environment/environment.ts';

export type SiteConfig = {
  /** Start of every call to the shop, on the site's own origin. */
  readonly api: string;
  /** Start of the assistant's doors, on the same origin. */
  readonly assistant: string;
  /** Name of the environment, for a mark on the page and for reports of errors. */
  readonly environment: Environment['name'];
};

/** Configuration of the sites of an environment. Addresses are paths, so the same build serves every environment. */
export const siteConfig = ({ name }: Environment): SiteConfig => ({
  api: '/api/v1',
  assistant: '/api/ai',
  environment: name,
});
