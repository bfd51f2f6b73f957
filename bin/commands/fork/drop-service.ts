import { Argument, Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { jsonOption, lookedUp } from '../../command-line/options.ts';

const nameArgument = () =>
  lookedUp(new Argument('<name>', 'name of the service, such as "wishlist"'), async (name: string) => {
    const { services } = await import('../../../lib/services.ts');
    const { declaredService } = await import('../../../lib/scaffold/drop-service.ts');
    return declaredService(name, services).name;
  });

/** `cloudmart drop-service NAME`: a shop without it. */
export const dropServiceCommand = (): Command =>
  new Command('drop-service')
    .summary('remove a service that no other one needs')
    .description(
      'remove the folder of a service, its declaration and the tests elsewhere that import from it; refused while another service calls it or reads what it publishes',
    )
    .addArgument(nameArgument())
    .addOption(jsonOption('print what was removed as one line of JSON'))
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart drop-service wishlist && npm test'],
        done: 'the service is gone, and no page lists it',
        failed: 'it is needed, or could not be removed everywhere',
      }),
    )
    .action(async (name: string, { json }: { json?: boolean }) =>
      (await import('../run/fork/drop-service.ts')).runDropService(name, json),
    );
