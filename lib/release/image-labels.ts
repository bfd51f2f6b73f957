/**
 * Labels of an image, by the keys that OCI predefines
 * (https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys).
 */
export const imageLabels = {
  /** Name of the service. */
  service: 'org.opencontainers.image.title',
  /** Hash of the bundle inside; the same as the tag. */
  bundle: 'org.opencontainers.image.version',
} as const;
