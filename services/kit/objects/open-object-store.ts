import { fileURLToPath } from 'node:url';
import type { ServiceContext } from '../context.ts';
import type { HttpServer } from '../http/http-server.ts';
import { required } from '../start/required.ts';
import { createFolderStore } from './folder-store.ts';
import type { ObjectStore } from './object-store.ts';
import { serveUploads } from './serve-uploads.ts';

/**
 * The bucket of a name that the manifest declares: `s3://name`, or `file:///folder?origin=http://127.0.0.1:8001`, whose uploads the
 * service's own door then takes, where S3 would.
 */
export const openObjectStore = async (
  context: ServiceContext<unknown>,
  name: string,
  http: HttpServer,
): Promise<ObjectStore> => {
  const { config, clock } = context;
  const place = new URL(required(context, `the place of the bucket ${name}`, config.buckets[name]));
  if (place.protocol === 's3:') {
    // On demand: the client of S3 is megabytes that nobody needs for a folder.
    const { createS3Store } = await import('./s3-store.ts');
    return createS3Store({ bucket: place.host, clock });
  }
  const origin = place.searchParams.get('origin');
  if (place.protocol !== 'file:' || !origin)
    throw new Error(`bucket ${name}: ${place.href} is neither s3://name nor file:///folder?origin=http://...`);
  place.search = '';
  const store = createFolderStore({ folder: fileURLToPath(place), origin, clock });
  serveUploads(http, store);
  return store;
};
