import { root } from '../../../../lib/checkout.ts';
import { createService } from '../../../../lib/scaffold/new-service.ts';
import { refreshes, runTool } from '../../../../lib/scaffold/refresh.ts';
import { services } from '../../../../lib/services.ts';
import { print, say } from '../../../command-line/print.ts';

/** Makes the service and brings everything up to date that lists services. */
export const runNewService = async (name: string, json: boolean | undefined): Promise<void> => {
  const made = await createService(root, name, services);
  for (const { title, command } of refreshes([`services/${name}`, 'lib/services.ts'])) {
    say(title);
    await runTool(root, command);
  }
  print(json, made, () => [
    `services/${name} is made: HTTP ${made.port}, database ${made.database}, ${made.files.length} files.`,
    'It is in the local run (npm start), in the templates (npx cdk diff), in the rendered YAML (npx cloudmart render) and in README.md.',
    `Next: npm test, then say in services/${name}/manifest.ts and README.md what it is for; "git diff" shows what else changed.`,
  ]);
};
