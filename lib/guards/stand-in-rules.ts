/** Rules about values that only stand in for the real thing, such as a payment provider that moves no money. */
import { isStandIn, standInSentence } from '../../services/kit/configuration-declaration.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { at, listOf, resourcesOf, type StackTemplate, textOf } from '../templates/template.ts';
import { objectsIn } from './chart-rules.ts';
import type { Rule } from './rule.ts';

type Variables = ReadonlyMap<string, string>;
type Process = { readonly logicalId: string; readonly variables: Variables };

/** The environments of the pods and functions of a stack, each with the resource that carries it. */
const processesIn = ({ template }: StackTemplate): Process[] => [
  ...resourcesOf(template, 'Custom::AWSCDK-EKS-KubernetesResource').flatMap(({ logicalId, properties }) => {
    const objects = objectsIn(textOf(properties['Manifest']));
    const files = new Map(
      objects
        .filter((object) => at(object, 'kind') === 'ConfigMap')
        .map((map) => [String(at(map, 'metadata', 'name')), (at(map, 'data') ?? {}) as Record<string, string>]),
    );
    return objects
      .flatMap((object) => listOf(at(object, 'spec', 'template', 'spec', 'containers')))
      .map((container) => ({
        logicalId,
        variables: new Map([
          ...listOf(at(container, 'envFrom')).flatMap((from) =>
            Object.entries(files.get(String(at(from, 'configMapRef', 'name'))) ?? {}),
          ),
          ...listOf(at(container, 'env')).map(
            (pair) => [String(at(pair, 'name')), textOf(at(pair, 'value') ?? '')] as const,
          ),
        ]),
      }));
  }),
  ...resourcesOf(template, 'AWS::Lambda::Function').map(({ logicalId, properties }) => ({
    logicalId,
    variables: new Map(
      Object.entries((at(properties, 'Environment', 'Variables') ?? {}) as Record<string, unknown>).map(
        ([name, value]) => [name, textOf(value)],
      ),
    ),
  })),
];

const standInsOf = (variables: Variables, services: readonly ServiceManifest[]): string[] => {
  const service = services.find(({ name }) => name === variables.get('SERVICE_NAME'));
  return Object.entries(service?.configuration ?? {})
    .filter(([key, declared]) => isStandIn(declared, variables.get(key)))
    .map(([key, declared]) => `${key}=${variables.get(key)} of ${service?.name} ${standInSentence(declared)}`);
};

export const nothingStandsIn: Rule = {
  name: 'nothing-stands-in',
  title: 'Where customers are served, no value stands in for the real thing: no sandbox, no test key.',
  breaches: (stacks, services) =>
    stacks
      .filter(({ isProtected, namesAccount }) => isProtected && namesAccount)
      .flatMap((stack) =>
        processesIn(stack).flatMap(({ logicalId, variables }) =>
          standInsOf(variables, services).map((sentence) => ({ stack, logicalId, sentence })),
        ),
      ),
};
