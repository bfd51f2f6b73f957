import { Argument, Command, InvalidArgumentError } from 'commander';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { helpAfter } from '../command-line/help.ts';
import { jsonOption, serviceArgument } from '../command-line/options.ts';

/** `cloudmart scale`: what sets the number of processes of a service. */
export const scaleCommand = (): Command =>
  new Command('scale')
    .summary('say what sets how many processes a service has')
    .description(
      'refuse, and say which lines set how many processes a service has: on a cluster its autoscaler decides between two numbers of its manifest, and on this machine each service has one process, because its port is the one of its manifest',
    )
    .addArgument(serviceArgument('<service>'))
    .addArgument(
      new Argument('<count>', 'how many').argParser((text: string) => {
        if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('give a whole number from 0 to 9999');
        return Number(text);
      }),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'A number that is set by hand is taken back: by the autoscaler within seconds, by the next deployment at the latest. What holds is scaling.min and scaling.max in services/<name>/manifest.ts, within replicas of the environment in lib/environments.ts; "npx cloudmart diff" then shows what would change.',
        ],
        examples: ['npx cloudmart scale order 4', 'kubectl --namespace cloudmart get hpa order'],
        done: 'never: it changes nothing',
        failed: 'it said what to change instead',
      }),
    )
    .action(async (service: ServiceManifest, count: number, flags: { json?: boolean }) =>
      (await import('./run/scale.ts')).runScale(service, count, flags),
    );
