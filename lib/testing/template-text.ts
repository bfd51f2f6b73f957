/** A template as text that a person can review: one block per resource, intrinsic functions in one word, hashes masked. */
import { stringify } from 'yaml';
import type { Resource, Template } from '../templates/template.ts';
import { textOf } from '../templates/template.ts';

const isIntrinsic = (value: object) => {
  const [key, ...more] = Object.keys(value);
  return more.length === 0 && (key === 'Ref' || key?.startsWith('Fn::') === true);
};

const mask = (text: string) =>
  text
    .replaceAll(/\b[0-9a-f]{40,64}\b/g, '<hash>')
    // CDK names a version of a function by what it runs.
    .replaceAll(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>')
    .replaceAll(/(ExportsOutput|PublishOutput)([A-Za-z]+?)[0-9A-F]{8}/g, '$1$2');

/** Kubernetes objects have snapshots of their own; here only their names count. */
const chartText = (manifest: unknown) => {
  const objects = JSON.parse(textOf(manifest)) as readonly {
    readonly kind: string;
    readonly metadata: { readonly name: string };
  }[];
  return objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(', ');
};

const readable = (value: unknown, key = ''): unknown => {
  if (key === 'Manifest') return chartText(value);
  if (key === 'DashboardBody') return '<widgets>';
  if (typeof value === 'string') return mask(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => readable(item));
  if (isIntrinsic(value)) return mask(textOf(value));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, readable(inner, name)]));
};

const blockOf = (logicalId: string, { Type, Properties = {}, DeletionPolicy }: Resource) => {
  const { Tags, ServiceToken, ...properties } = Properties;
  void Tags;
  void ServiceToken;
  const body =
    Object.keys(properties).length > 0 ? stringify(readable(properties), { lineWidth: 160, indent: 2 }).trimEnd() : '';
  return [
    `${logicalId}: ${Type}${DeletionPolicy ? ` (${DeletionPolicy})` : ''}`,
    ...body
      .split('\n')
      .filter(Boolean)
      .map((line) => `  ${line}`),
  ].join('\n');
};

/** Blocks by logical id, without what CDK brings for itself. */
export const templateBlocks = ({ Resources = {} }: Template, environment: string): Map<string, string> =>
  new Map(
    Object.entries(Resources)
      .filter(([logicalId]) => !/^(Custom[A-Z]|AWSCDK|AWS679f|AwsCliLayer)/.test(logicalId))
      .map(([logicalId, resource]) => [
        mask(logicalId),
        blockOf(mask(logicalId), resource).replaceAll(`cloudmart-${environment}`, 'cloudmart-<environment>'),
      ]),
  );
