/** Every released image is for these: Auto Mode buys nodes of both. */
export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;

/** `linux/arm64` -> `arm64`. Throws when the images are not built for it. */
export const architectureOf = (platform: string): string => {
  if (!PLATFORMS.some((known) => known === platform))
    throw new Error(`no image is made for the platform "${platform}"; known are ${PLATFORMS.join(' and ')}`);
  return platform.split('/')[1] as string;
};

/** The platform of this machine, whatever its system: engines on macOS and Windows run Linux of the same processor. */
export const ownPlatform = (): string => `linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
