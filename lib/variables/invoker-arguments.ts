import { consumedTopics, type ServiceManifest } from '../../services/kit/manifest.ts';

/** Outside AWS somebody watches, so what the clock wakes is woken this often, in milliseconds, instead of every few minutes. */
const WAKE_MS = 2_000;

/** Arguments of the process that feeds a Lambda outside AWS; `handler` is the path of the bundle's file. */
export const invokerArguments = (service: ServiceManifest, handler: string): readonly string[] => [
  ...['--function', service.name, '--handler', handler],
  ...consumedTopics(service).flatMap((topic) => ['--topic', topic]),
  ...(service.follows ?? []).flatMap((table) => ['--stream', table]),
  ...(service.wakesEveryMinutes === undefined ? [] : ['--every', String(WAKE_MS)]),
];
