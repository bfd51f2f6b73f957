import path from 'node:path';
import { Command } from 'commander';

type Options = { environment: string; service?: string[]; json?: boolean };

const chosenServices = async (names: readonly string[] | undefined) => {
  const [{ services }, { runsInCluster }] = await Promise.all([
    import('../../lib/services.ts'),
    import('../../lib/workloads/workload-values.ts'),
  ]);
  const known = services.filter(runsInCluster);
  const unknown = (names ?? []).filter((name) => !known.some((service) => service.name === name));
  if (unknown.length > 0)
    throw new Error(
      `there is no service "${unknown.join('", "')}" with an image; known are ${known.map(({ name }) => name).join(', ')}`,
    );
  return names === undefined ? known : known.filter(({ name }) => names.includes(name));
};

/** `cloudmart preflight`: whether AWS holds what a deployment is about to start. */
export const preflightCommand = (): Command =>
  new Command('preflight')
    .description(
      'check credentials, account, region, repositories and images before a deployment; reads only, exit 1 when something is to be mended',
    )
    .requiredOption('--environment <name>', 'dev, staging or production')
    .option('--service <names...>', 'services whose images are checked; default all that run in the cluster')
    .option('--json', 'print the report as JSON')
    .action(async ({ environment, service, json }: Options) => {
      const { environmentNamed } = await import('../../lib/environments.ts');
      const target = environmentNamed(environment);
      const services = await chosenServices(service);
      const { preflight } = await import('../../lib/release/preflight.ts');
      const report = await preflight({
        environment: target,
        services,
        callerRegion: process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'],
        tagsOf: async (all) =>
          (await import('../../lib/workloads/render.ts')).imageTags(all, path.join(import.meta.dirname, '../..')),
        progress: (sentence) => process.stderr.write(`${sentence}\n`),
      });
      if (json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else {
        for (const { code, problem, command } of report.findings)
          process.stdout.write(`${code}: ${problem}\n  ${command}\n`);
        if (report.findings.length === 0)
          process.stdout.write(`${environment} may be deployed: ${report.images.length} images are there and whole\n`);
      }
      if (report.findings.length > 0) process.exitCode = 1;
    });
