import type { IPolicyValidationContext, IPolicyValidationPlugin, PolicyValidationPluginReport } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** Wildcards that name one thing all the same: the objects below one bucket, and a consumer group of one cluster by its name. */
const narrow = [
  /^AwsSolutions-IAM5\[Resource::(?!\*).+\/\*\]$/,
  /^AwsSolutions-IAM5\[Resource::arn:[^*]+:group\/[^*/]+\/\*\/[^*/]+\]$/,
];

/** cdk-nag's AwsSolutions pack, without the findings that no policy on objects and consumer groups can avoid. */
export class NagChecks implements IPolicyValidationPlugin {
  readonly name = 'AwsSolutions';
  private readonly pack: AwsSolutionsChecks;

  constructor(scope: IConstruct) {
    this.pack = new AwsSolutionsChecks(scope);
  }

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = this.pack
      .validate(context)
      .violations.filter(({ ruleName }) => !narrow.some((pattern) => pattern.test(ruleName)));
    return { success: violations.length === 0, violations };
  }
}
