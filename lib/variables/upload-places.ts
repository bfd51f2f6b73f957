/** Where a bucket takes the uploads of browsers, and whose pages may send them there. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';

/** The place of a bucket that is a folder, whose uploads its owner takes at `origin`. */
export const folderPlace = (folder: URL, origin: string): string => {
  const place = new URL(folder);
  place.searchParams.set('origin', origin);
  return place.href;
};

/** Owners of the buckets to which the pages of a site upload. */
export const uploadOwners = (
  { uploadsTo = [] }: Pick<ServiceManifest, 'uploadsTo'>,
  all: readonly ServiceManifest[],
): ServiceManifest[] => all.filter(({ owns }) => uploadsTo.some((name) => owns.buckets?.[name] !== undefined));

/** Names of the sites whose pages upload to a bucket. */
export const uploadingSites = (bucket: string, all: readonly ServiceManifest[]): string[] =>
  all.filter(({ uploadsTo = [] }) => uploadsTo.includes(bucket)).map(({ name }) => name);
