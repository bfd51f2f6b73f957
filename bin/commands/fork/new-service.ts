import { Argument, Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { jsonOption, lookedUp } from '../../command-line/options.ts';

const nameArgument = () =>
  lookedUp(new Argument('<name>', 'DNS label such as "wishlist"'), async (name: string) => {
    const { services } = await import('../../../lib/services.ts');
    const { checkName } = await import('../../../lib/scaffold/new-service.ts');
    checkName(name, services);
    return name;
  });

/** `cloudmart new-service NAME`: a service of the standard shape that runs and is tested. */
export const newServiceCommand = (): Command =>
  new Command('new-service')
    .summary('make a service that runs, is tested and is deployed')
    .description('make a service of the standard shape that runs, is tested and is deployed')
    .addArgument(nameArgument())
    .addOption(jsonOption('print what was made as one line of JSON'))
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart new-service wishlist && npm test'],
        done: 'the service is made, and every page lists it',
        failed: 'it could not be made, or not be listed everywhere',
      }),
    )
    .action(async (name: string, { json }: { json?: boolean }) =>
      (await import('../run/fork/new-service.ts')).runNewService(name, json),
    );
