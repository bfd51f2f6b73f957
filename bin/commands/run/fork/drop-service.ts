import { root } from '../../../../lib/checkout.ts';
import { environments } from '../../../../lib/environments.ts';
import { dropService } from '../../../../lib/scaffold/drop-service.ts';
import { refreshes, runTool } from '../../../../lib/scaffold/refresh.ts';
import { removeUnusedPackages } from '../../../../lib/scaffold/unused-packages.ts';
import { services } from '../../../../lib/services.ts';
import { print, say } from '../../../command-line/print.ts';

export const runDropService = async (name: string, json = false): Promise<void> => {
  const dropped = await dropService(root, name, services, environments);
  for (const { title, command } of refreshes(['lib/services.ts'])) {
    say(title);
    await runTool(root, command);
  }
  say('taking out packages that nothing needs any more');
  const packages = await removeUnusedPackages(root);
  print(json, { ...dropped, packages }, () => [
    `services/${name} is gone, with ${dropped.tests.length === 1 ? '1 file' : `${dropped.tests.length} files`} of tests elsewhere that import from it.`,
    'On AWS a table, database or topic of a protected environment stays until it is removed by hand (docs/stateful-resources.md).',
    ...(packages.length > 0 ? [`Packages that only it needed are gone too: ${packages.join(', ')}.`] : []),
    'Next: npm test; "git diff" shows all that changed, "git checkout . && npm ci" undoes it.',
  ]);
};
