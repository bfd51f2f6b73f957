import type { Runtime } from '../../services/kit/manifest.ts';

/** Where services run on AWS, in the order of the picture, and the shape in which mermaid draws one of them. */
export const homes: Readonly<Record<Runtime, { readonly title: string; readonly shape: (name: string) => string }>> = {
  pods: { title: 'EKS', shape: (name) => `${name}[${name}]` },
  function: { title: 'Lambda', shape: (name) => `${name}[/${name}/]` },
  flink: { title: 'Managed Flink', shape: (name) => `${name}[${name}]` },
  site: { title: 'CloudFront', shape: (name) => `${name}>${name}]` },
};
