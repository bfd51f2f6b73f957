/** The CDK app: one static stage per environment, under the rules of lib/guards. */
import { App, Validations } from 'aws-cdk-lib';
import type { ServiceManifest } from '../services/kit/manifest.ts';
import type { Environment } from './environment/environment.ts';
import { NagChecks } from './guards/nag-checks.ts';
import { TemplateRules } from './guards/template-rules.ts';
import { Platform, type PlatformProps } from './platform.ts';

export type PlatformAppProps = {
  readonly environments: readonly Environment[];
  readonly services: readonly ServiceManifest[];
  readonly codeOf: PlatformProps['codeOf'];
  /** Folder of the cloud assembly; default: where the CDK CLI says, else a temporary folder. */
  readonly outdir?: string;
  /** Feature flags; default: what the CDK CLI passes from cdk.json. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Whether CloudFormation's own rules are asked, about five seconds a run; default true. Those of lib/guards always are. */
  readonly withCloudFormationRules?: boolean;
};

/** Builds the app. The caller synthesizes it; that is when the rules of lib/guards and of CloudFormation are asked. */
export const createPlatformApp = ({
  environments,
  services,
  codeOf,
  outdir,
  context,
  withCloudFormationRules = true,
}: PlatformAppProps): App => {
  const app = new App({
    analyticsReporting: false,
    // The CLI would judge only the stacks that it is asked for, and "cdk synth" asks for none of those inside stages.
    postCliContext: { '@aws-cdk/core:failSynthOnValidationErrors': true },
    builtinCloudFormationValidation: withCloudFormationRules,
    outdir,
    context: context && { ...context },
  });
  for (const environment of environments) new Platform(app, { environment, services, codeOf });
  Validations.of(app).addPlugins(new TemplateRules(services), new NagChecks(app));
  return app;
};
