/** Every rule, and the plugin by which CDK refuses to synthesize what breaks one. */
import { readFileSync } from 'node:fs';
import {
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type Stack,
  Token,
} from 'aws-cdk-lib';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { StackTemplate } from '../templates/template.ts';
import { noSecretInTemplate, noWideCacheUser, noWildcardGrant } from './access-rules.ts';
import {
  agentCollects,
  chartsFit,
  doorsEncrypted,
  imagesPinned,
  nodesEncryptTraffic,
  visitorsKnown,
} from './chart-rules.ts';
import {
  encryptedAtRest,
  encryptedInTransit,
  firstCreationRepeatable,
  noPublicStore,
  restoresPlaced,
  stateRetained,
} from './data-rules.ts';
import { alarmsAnswered, failuresLand } from './failure-rules.ts';
import { settledByStrongReferences } from './reference-rules.ts';
import type { Rule } from './rule.ts';
import { nothingStandsIn } from './stand-in-rules.ts';
import { tagsPermitted } from './tag-rules.ts';

export const templateRules: readonly Rule[] = [
  encryptedAtRest,
  encryptedInTransit,
  noPublicStore,
  stateRetained,
  firstCreationRepeatable,
  restoresPlaced,
  noWildcardGrant,
  noWideCacheUser,
  noSecretInTemplate,
  failuresLand,
  alarmsAnswered,
  chartsFit,
  doorsEncrypted,
  visitorsKnown,
  nodesEncryptTraffic,
  imagesPinned,
  tagsPermitted,
  agentCollects,
  settledByStrongReferences,
  nothingStandsIn,
];

/** Templates of a synthesized app, with what the rules must know of each stack. */
export const stackTemplates = ({ stackTemplates: written, appConstruct }: IPolicyValidationContext): StackTemplate[] =>
  written.map(({ stackConstructPath, templatePath }) => {
    const [environment = '', ...rest] = stackConstructPath.split('/');
    const construct = stackConstructPath
      .split('/')
      .reduce((parent, id) => parent.node.findChild(id), appConstruct) as Stack;
    return {
      environment,
      stack: rest.join('/'),
      isProtected: construct.terminationProtection,
      namesAccount: !Token.isUnresolved(construct.account),
      path: templatePath,
      template: JSON.parse(readFileSync(templatePath, 'utf8')) as StackTemplate['template'],
    };
  });

/** The rules as CDK asks them. An exception is acknowledged as `Rules::<name>`, with its reason, beside the resource. */
export class TemplateRules implements IPolicyValidationPlugin {
  readonly name = 'Rules';
  readonly ruleIds = templateRules.map(({ name }) => name);
  private readonly services: readonly ServiceManifest[];

  /** @param services manifests of the services that the app deploys */
  constructor(services: readonly ServiceManifest[]) {
    this.services = services;
  }

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const stacks = stackTemplates(context);
    const environments = [...new Set(stacks.map(({ environment }) => environment))];
    const violations = environments.flatMap((environment) => {
      const own = stacks.filter((stack) => stack.environment === environment);
      return templateRules.flatMap(({ name, breaches }) =>
        breaches(own, this.services).map(({ stack, logicalId, sentence }) => ({
          ruleName: name,
          severity: 'error',
          description: `${environment} ${stack.stack}${logicalId ? ` ${logicalId}` : ''}: ${sentence}`,
          violatingResources: [
            {
              templatePath: stack.path,
              locations: [],
              ...(logicalId ? { resourceLogicalId: logicalId } : { constructPath: `${environment}/${stack.stack}` }),
            },
          ],
        })),
      );
    });
    return { success: violations.length === 0, violations };
  }
}
