import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Environment } from '../environment/environment.ts';
import { platformTags, prefixOf, stackName } from '../names.ts';

export type PlatformStackProps = {
  readonly environment: Environment;
  /** One sentence on what lives in the stack. */
  readonly description: string;
};

/** A stack of one environment: named after it, tagged, protected as the environment says, and never asking AWS while it is synthesized. */
export class PlatformStack extends Stack {
  /** Start of every physical name of the environment. */
  readonly prefix: string;
  /** Values by the name under which they are published. Hold tokens. */
  readonly outputs: ReadonlyMap<string, string>;
  protected readonly settings: Environment;

  constructor(scope: Construct, id: string, { environment, description }: PlatformStackProps) {
    super(scope, id, {
      stackName: stackName(environment.name, id),
      description,
      env: { region: environment.region, account: environment.account },
      terminationProtection: environment.protected,
      tags: platformTags(environment.name),
    });
    this.prefix = prefixOf(environment.name);
    this.outputs = new Map();
    this.settings = environment;
  }

  /** Written down in the environment: the inherited getter would look them up in the account. */
  override get availabilityZones(): string[] {
    return [...this.settings.network.zones];
  }

  /** Publishes a value under exactly this name, for rendered workloads and for operators. */
  protected publish(name: string, value: string): void {
    new CfnOutput(this, name, { value });
    (this.outputs as Map<string, string>).set(name, value);
  }
}
