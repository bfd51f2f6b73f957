import { requirePods } from '../../../lib/services.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { asTyped } from '../../command-line/options.ts';
import { print } from '../../command-line/print.ts';

const changeOf = (count: number, { min, max }: { readonly min: number; readonly max: number }): string => {
  if (count < min) return `set scaling.min to ${Math.max(count, 1)}`;
  return count > max ? `set scaling.max to ${count}` : `leave it to the autoscaler, or set scaling.min to ${count}`;
};

/** Says what to change; the exit code says that nothing was. */
export const runScale = (service: ServiceManifest, count: number, { json }: { readonly json?: boolean }): void => {
  const name = asTyped(() => requirePods(service));
  const { scaling } = service;
  const file = `services/${name}/manifest.ts`;
  const change = changeOf(count, scaling);
  print(json, { code: 'scale.by-manifest', service: name, count, scaling, file, change }, () => [
    `${name} has one process here, and ${scaling.min} to ${scaling.max} on a cluster, as its autoscaler decides:`,
    `${change} in ${file} and deploy.`,
  ]);
  process.exitCode = 1;
};
