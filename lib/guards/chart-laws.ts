/** Laws about Kubernetes objects as a template carries them. */
import { largestManifestBytes } from '../workloads/object-laws.ts';
import { type Finding, type Law, stackLaw } from './law.ts';
import { resourcesOf, type StackTemplate, stringsIn, textOf } from './template.ts';

const charts = ({ template }: StackTemplate) =>
  resourcesOf(template, 'Custom::AWSCDK-EKS-KubernetesResource').map(({ logicalId, properties }) => ({
    logicalId,
    text: textOf(properties['Manifest']),
  }));

export const chartsFit: Law = stackLaw(
  'charts-fit',
  'Every chart is small enough for the event that carries it, and reads as JSON once values are filled in.',
  (stack) =>
    charts(stack).flatMap(({ logicalId, text }): Finding[] => {
      const size = Buffer.byteLength(text);
      if (size >= largestManifestBytes)
        return [[logicalId, `the chart takes ${size} bytes, and one event carries ${largestManifestBytes}; split it`]];
      try {
        JSON.parse(text);
        return [];
      } catch {
        return [
          [
            logicalId,
            'the chart is no JSON: a value that only the deployment knows stands where no text may stand; move it into an environment value',
          ],
        ];
      }
    }),
);

/** A tag that somebody could move, or none at all. */
const unpinned = (image: string) => !/(@sha256:[0-9a-f]{64}|:[0-9a-f]{12,64}|:v?\d+(\.\d+)+[a-z0-9.-]*)$/.test(image);

export const imagesPinned: Law = stackLaw(
  'images-pinned',
  'Every image is named by its content or an exact version.',
  (stack) =>
    charts(stack).flatMap(({ logicalId, text }): Finding[] => {
      let objects: unknown;
      try {
        objects = JSON.parse(text);
      } catch {
        return [];
      }
      return [...stringsIn(objects)]
        .filter(([path, image]) => /containers\.\d+\.image$/i.test(path) && unpinned(image))
        .map(
          ([, image]) =>
            [logicalId, `the image ${image} can change under the same name; pin its content hash`] as const,
        );
    }),
);
