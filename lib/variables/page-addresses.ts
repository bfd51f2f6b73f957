import type { ServiceManifest } from '../../services/kit/manifest.ts';

/**
 * Plain values of a service that are addresses of pages, where `originOf` tells the origin of each site by name, such as
 * `https://shop.example`; none of a site that nobody reaches.
 */
export const pageAddresses = (
  { configuration }: Pick<ServiceManifest, 'configuration'>,
  originOf: (site: string) => string | undefined,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(configuration).flatMap(([key, { page }]) => {
      const origin = page && originOf(page.site);
      return page && origin !== undefined ? [[key, `${origin}${page.path}`]] : [];
    }),
  );
