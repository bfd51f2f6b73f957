/**
 * Labels of an image, by the keys that OCI predefines
 * (https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys). The Dockerfile writes
 * them; whoever builds or starts an image compares them.
 */
export const imageLabels = {
  /** Name of the service. */
  service: 'org.opencontainers.image.title',
  /** Hash of the bundle inside; the same as the tag. */
  bundle: 'org.opencontainers.image.version',
  /** Commit that the bundle was made from, with `-dirty` when files differed from it. */
  revision: 'org.opencontainers.image.revision',
  /** Base image as it was asked for. */
  base: 'org.opencontainers.image.base.name',
} as const;
