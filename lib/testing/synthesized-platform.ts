/** Synthesizes the platform in a test: real environments, the given manifests, code that never changes. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { Environment } from '../environment.ts';
import type { StackTemplate } from '../guards/template.ts';
import { createPlatformApp } from '../platform-app.ts';

const flags: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../cdk.json'), 'utf8'),
).context;

/** A hash per service, as stable as its name. */
const hashOf = (name: string) => Buffer.from(name.padEnd(32, '.')).toString('hex').slice(0, 64);

export type SynthesizedPlatform = {
  readonly app: App;
  /** Throws ValidationFailed when a law is broken. */
  synth(): readonly StackTemplate[];
};

/** Prepares the app; `synth` judges it. */
export const platformOf = (
  environments: readonly Environment[],
  services: readonly ServiceManifest[],
): SynthesizedPlatform => {
  const folder = mkdtempSync(path.join(tmpdir(), 'platform-test-'));
  const code = path.join(folder, 'code');
  mkdirSync(code);
  writeFileSync(path.join(code, 'handler.mjs'), 'export const handler = async () => ({ batchItemFailures: [] });\n');
  const app = createPlatformApp({
    environments,
    services,
    outdir: path.join(folder, 'assembly'),
    context: flags,
    codeOf: ({ name }) => ({ folder: code, hash: hashOf(name) }),
  });
  return {
    app,
    synth: () =>
      app.synth().nestedAssemblies.flatMap(({ nestedAssembly }) =>
        nestedAssembly.stacks.map((stack) => ({
          environment: nestedAssembly.directory.split('assembly-').at(-1) as string,
          stack: stack.displayName.split('/').slice(1).join('/').replace(/ .*/, ''),
          isProtected: stack.terminationProtection ?? false,
          path: stack.templateFullPath,
          template: stack.template as StackTemplate['template'],
        })),
      ),
  };
};
