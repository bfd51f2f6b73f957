import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { manifestProblem } from './manifest-problem.ts';

/** Throws what is wrong about the uploads that a service takes, or that its pages send. */
export const checkUploads = (
  { name, owns, uploadsTo = [] }: ServiceManifest,
  services: readonly ServiceManifest[],
): void => {
  for (const [bucket, { folders, uploads }] of Object.entries(owns.buckets ?? {}))
    if (uploads !== undefined && !folders.includes(uploads))
      throw manifestProblem(name, `bucket "${bucket}" takes uploads in "${uploads}"; add that to its folders`);
  for (const bucket of uploadsTo)
    if (!services.some((each) => each.owns.buckets?.[bucket]?.uploads !== undefined))
      throw manifestProblem(
        name,
        `uploads to bucket "${bucket}", for which no service declares a folder of uploads; name one that has it`,
      );
};
