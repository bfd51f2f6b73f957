import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';

type Flags = { out: string; json?: boolean };

const run = async (names: readonly string[], { out, json }: Flags) => {
  const [{ bundleServices }, { services }] = await Promise.all([
    import('../../lib/release/bundle-services.ts'),
    import('../../lib/services.ts'),
  ]);
  const unknown = names.filter((name) => !services.some((service) => service.name === name));
  if (unknown.length > 0)
    throw new Error(
      `there is no service "${unknown.join('", "')}"; known are ${services.map(({ name }) => name).join(', ')}`,
    );
  const chosen = names.length === 0 ? services : services.filter(({ name }) => names.includes(name));
  const root = fileURLToPath(new URL('../..', import.meta.url));
  await bundleServices(chosen, { root, into: path.resolve(out) }, (bundle) => {
    const { service, hash, bytes, folder } = bundle;
    process.stdout.write(
      json
        ? `${JSON.stringify(bundle)}\n`
        : `${service}  ${hash.slice(0, 12)}  ${(bytes / 1024 ** 2).toFixed(1)} MB  ${folder}\n`,
    );
  });
};

/** `cloudmart bundle`: what ships, one folder per service. */
export const bundleCommand = (): Command =>
  new Command('bundle')
    .description(
      'Bundle services into the folders that ship; refuses empty or broken sources and missing critical functions.',
    )
    .argument('[names...]', 'services; default all')
    .option('--out <dir>', 'folder that gets one folder per service', 'dist/bundles')
    .option('--json', 'one line of JSON per bundle, as it is done')
    .action(run);
