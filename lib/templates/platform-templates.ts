/** Templates of the platform for tools that read them (cost, pages, tests): nothing is bundled, so the code is a stand-in. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { root } from '../checkout.ts';
import type { Environment } from '../environment/environment.ts';
import { createPlatformApp } from '../platform-app.ts';
import type { StackTemplate } from './template.ts';

/** Feature flags, which only the CDK CLI would pass by itself. */
const flags = (): Readonly<Record<string, unknown>> =>
  (
    JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8')) as {
      context: Record<string, unknown>;
    }
  ).context;

/** A content hash for each service, as stable as its name. */
const hashOf = (name: string) => Buffer.from(name.padEnd(32, '.')).toString('hex').slice(0, 64);

export type SynthesizedStack = StackTemplate & {
  /** Stacks of the same environment that are deployed before it. */
  readonly dependencies: readonly string[];
};

export type PreparedPlatform = {
  readonly app: App;
  /** Judges and reads the templates, in the order of deployment; once. Throws when a rule is broken. */
  synth(): readonly SynthesizedStack[];
};

/** Builds the platform without synthesizing it yet. CloudFormation's own rules are left to `cdk synth`. */
export const preparePlatform = (
  environments: readonly Environment[],
  services: readonly ServiceManifest[],
): PreparedPlatform => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cloudmart-templates-'));
  const code = path.join(folder, 'code');
  mkdirSync(code);
  writeFileSync(path.join(code, 'handler.mjs'), 'export const handler = async () => ({ batchItemFailures: [] });\n');
  const app = createPlatformApp({
    environments,
    services,
    outdir: path.join(folder, 'assembly'),
    context: flags(),
    withCloudFormationRules: false,
    codeOf: ({ name }) => ({ folder: code, hash: hashOf(name) }),
  });
  const synth = () => {
    try {
      return app.synth().nestedAssemblies.flatMap(({ nestedAssembly }) =>
        nestedAssembly.stacks.map((stack) => ({
          environment: path.basename(nestedAssembly.directory).replace('assembly-', ''),
          stack: stack.hierarchicalId.split('/').slice(1).join('/'),
          isProtected: stack.terminationProtection ?? false,
          dependencies: nestedAssembly.stacks
            .filter((other) => stack.dependencies.includes(other))
            .map((other) => other.hierarchicalId.split('/').slice(1).join('/')),
          path: stack.templateFile,
          template: stack.template as StackTemplate['template'],
        })),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return { app, synth };
};
