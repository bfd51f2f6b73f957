/** What CloudFormation would do to each stack of one environment, judged from the two templates alone. */
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import {
  formatDifferences,
  fullDiff,
  type ResourceDifference,
  ResourceImpact,
  type TemplateDiff,
} from '@aws-cdk/cloudformation-diff';
import { settledPartsOf } from '../templates/settled-properties.ts';
import { at } from '../templates/template.ts';
import { constructIdOf, isManifest, type ManifestResource, manifestType } from './deployed-manifests.ts';
import type { RawTemplate } from './side.ts';

/** A change that may lose data or interrupt the service. */
export type DestructiveChange = {
  readonly stack: string;
  readonly logicalId: string;
  readonly resourceType: string;
  readonly impact: 'is deleted' | 'is replaced' | 'may be replaced' | 'leaves CloudFormation and stays behind';
  /** Properties whose change causes it; empty for a deletion. */
  readonly properties: readonly string[];
};

export type StackChange = {
  readonly stack: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Number of resources and of properties that change. */
  readonly resources: number;
  readonly properties: number;
  /** Services whose Kubernetes objects change; their YAML says how. */
  readonly manifests: readonly string[];
  readonly destructive: readonly DestructiveChange[];
  /** The differences as text, without those of Kubernetes objects. */
  readonly text: string;
};

/** Resources that hold nothing: deleting one of them makes room for its successor. */
const passing = new Set(['AWS::Lambda::Version', 'AWS::CDK::Metadata']);

const impacts: Partial<Record<ResourceImpact, DestructiveChange['impact']>> = {
  [ResourceImpact.WILL_DESTROY]: 'is deleted',
  [ResourceImpact.WILL_REPLACE]: 'is replaced',
  [ResourceImpact.MAY_REPLACE]: 'may be replaced',
  [ResourceImpact.WILL_ORPHAN]: 'leaves CloudFormation and stays behind',
};

const replacing = new Set<ResourceImpact | undefined>([ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE]);

const changedParts = (resourceType: string, { oldProperties, newProperties }: ResourceDifference): string[] =>
  settledPartsOf(resourceType).filter((part) => {
    const [before, after] = [oldProperties, newProperties].map((side) => JSON.stringify(at(side, ...part.split('.'))));
    return before !== after;
  });

const destructiveChanges = (stack: string, diff: TemplateDiff): DestructiveChange[] =>
  Object.entries(diff.resources.changes).flatMap(([logicalId, change]) => {
    const resourceType = change.oldResourceType ?? change.newResourceType ?? '';
    const parts = change.isUpdate ? changedParts(resourceType, change) : [];
    const impact = parts.length > 0 ? 'is replaced' : impacts[change.changeImpact];
    if (!impact || passing.has(resourceType)) return [];
    const whole = Object.entries(change.propertyUpdates)
      .filter(([, update]) => replacing.has(update.changeImpact))
      .map(([property]) => property);
    const properties = [...whole, ...parts].sort();
    return [{ stack, logicalId, resourceType, impact, properties }];
  });

const resourceOf = (template: RawTemplate | undefined, logicalId: string) =>
  (template?.['Resources'] as Record<string, ManifestResource> | undefined)?.[logicalId];

const textOf = (diff: TemplateDiff): string => {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  formatDifferences(stream as NodeJS.WriteStream, diff);
  // The library colours whatever it believes to be a terminal.
  return stripVTControlCharacters(text)
    .replaceAll(/[ \t]+$/gm, '')
    .trim();
};

const compareStack = (
  stack: string,
  before: RawTemplate | undefined,
  after: RawTemplate | undefined,
): StackChange[] => {
  const diff = fullDiff((before ?? {}) as never, (after ?? {}) as never);
  if (diff.isEmpty) return [];
  const changes = Object.entries(diff.resources.changes);
  const manifests = new Map(
    changes.flatMap(([id]) =>
      [resourceOf(after, id), resourceOf(before, id)]
        .filter(isManifest)
        .map((resource) => [id, constructIdOf(resource)] as const),
    ),
  );
  const destructive = destructiveChanges(stack, diff);
  const properties = changes
    .filter(([id]) => !manifests.has(id))
    .reduce((sum, [, change]) => sum + Object.keys(change.propertyUpdates).length, 0);
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  diff.resources = diff.resources.filter(
    (change) => change?.newResourceType !== manifestType && change?.oldResourceType !== manifestType,
  );
  return [
    {
      stack,
      kind,
      resources: changes.length,
      properties,
      manifests: [...manifests.values()].sort(),
      destructive,
      text: kind === 'changed' ? textOf(diff) : '',
    },
  ];
};

/** Changes of every stack of one environment, by stack name. */
export const stackChanges = (
  before: ReadonlyMap<string, RawTemplate>,
  after: ReadonlyMap<string, RawTemplate>,
): StackChange[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .flatMap((stack) => compareStack(stack, before.get(stack), after.get(stack)));
