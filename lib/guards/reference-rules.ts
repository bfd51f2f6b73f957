/** Rule about values that one stack takes from another. */
import { settledPropertiesOf } from '../templates/settled-properties.ts';
import { at, resourcesOf } from '../templates/template.ts';
import { type Rule, type RuleBreach, stackRule } from './rule.ts';

export const settledByStrongReferences: Rule = stackRule(
  'settled-by-strong-references',
  'What only a new resource can take comes from another stack by a strong reference: a weak one is unknown when CloudFormation plans, which then plans a new resource.',
  ({ template }) =>
    resourcesOf(template, /./).flatMap(({ logicalId, resource: { Type }, properties }): RuleBreach[] => {
      // Almost every resource ends here, and types are looked up in a book of some megabytes.
      if (!JSON.stringify(properties).includes('"Fn::GetStackOutput"')) return [];
      return settledPropertiesOf(Type)
        .filter((path) => JSON.stringify(at(properties, ...path.split('.')) ?? '').includes('"Fn::GetStackOutput"'))
        .map((path) => [
          logicalId,
          `${path} of this ${Type} comes by a weak reference, so each update plans to replace it (aws/aws-cdk#38829); call CrossStackReferences.of(...).produce(ReferenceStrength.STRONG) where the value is made`,
        ]);
    }),
);
