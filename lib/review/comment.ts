/** A comparison as one Markdown comment: what is dangerous first, then each environment. */
import { type Comparison, destructiveChangesOf, type EnvironmentChange } from './comparison.ts';
import type { DestructiveChange, StackChange } from './stack-changes.ts';

/** GitHub refuses comments of more than 65,536 characters. */
const longestComment = 60_000;

const counted = (count: number, noun: string, plural = `${noun}s`) =>
  count === 1 ? `1 ${noun}` : `${count} ${plural}`;

const fenced = (language: string, text: string) => {
  const fence = text.includes('```') ? '````' : '```';
  return [`${fence}${language}`, text, fence].join('\n');
};

const servicesOf = ({ manifests }: EnvironmentChange) => [
  ...new Set(manifests.flatMap(({ file }) => (file.includes('/') ? [file.split('/')[0] as string] : []))),
];

const stackLine = ({ stack, kind, resources, properties, manifests }: StackChange) => {
  const parts = [
    kind === 'changed' ? counted(resources, 'resource') : `the stack is ${kind}`,
    ...(properties > 0 ? [counted(properties, 'property', 'properties')] : []),
    ...(manifests.length > 0 ? [`Kubernetes objects of ${manifests.join(', ')}, below`] : []),
  ];
  return `- \`${stack}\`: ${parts.join('; ')}`;
};

const reasonOf = (impact: DestructiveChange['impact'], properties: readonly string[]) => {
  if (!impact.includes('replaced')) return 'it is no longer in the template';
  return properties.length > 0 ? properties.map((name) => `\`${name}\``).join(', ') : 'its type';
};

const dangers = (comparison: Comparison, acknowledged: boolean) => {
  const found = destructiveChangesOf(comparison);
  if (found.length === 0) return [];
  return [
    `### ${counted(found.length, 'destructive change')}${acknowledged ? ', acknowledged' : ''}`,
    [
      '| environment | stack | resource | what happens | because of |',
      '| --- | --- | --- | --- | --- |',
      ...found.map(
        ({ environment, stack, logicalId, resourceType, impact, properties }) =>
          `| ${environment} | \`${stack}\` | \`${resourceType}\` \`${logicalId}\` | ${impact} | ${reasonOf(impact, properties)} |`,
      ),
    ].join('\n'),
    acknowledged
      ? ''
      : 'Data or availability may be lost. Keep the resource (its id, its name, the named property), or acknowledge it once a backup and a window exist: by the label `accept-destruction` of the pull request, or by `--acknowledge`.',
  ];
};

const environmentSection = (change: EnvironmentChange) => {
  const { environment, stacks, manifests } = change;
  const services = servicesOf(change);
  const summary = [
    ...(stacks.length > 0 ? [counted(stacks.length, 'stack')] : []),
    ...(services.length > 0 ? [`Kubernetes objects of ${services.join(', ')}`] : []),
  ];
  return [
    `### ${environment}: ${summary.join('; ')}`,
    stacks.map(stackLine).join('\n'),
    ...stacks
      .filter(({ text }) => text !== '')
      .map(
        ({ stack, text }) => `<details><summary>Template of ${stack}</summary>\n\n${fenced('', text)}\n\n</details>`,
      ),
    ...manifests.map(
      ({ file, diff }) => `<details><summary>${file}</summary>\n\n${fenced('diff', diff)}\n\n</details>`,
    ),
  ];
};

/** Adds whole sections while they fit, so that no fence stays open. */
const fitting = (sections: readonly string[]): string => {
  let text = '';
  for (const [index, section] of sections.entries()) {
    if (text.length + section.length > longestComment)
      return `${text}\n${counted(sections.length - index, 'more section')} left out for length; run \`npx cloudmart diff\` to see all.\n`;
    text += `${section}\n\n`;
  }
  return text;
};

/** The comment. Deterministic: it names the commit that is compared with and nothing else that changes between runs. */
export const commentOf = (comparison: Comparison, acknowledged: boolean): string => {
  const title = `## What this changes, compared with \`${comparison.base.slice(0, 12)}\``;
  const sections = [...dangers(comparison, acknowledged), ...comparison.environments.flatMap(environmentSection)];
  return fitting([
    title,
    ...(sections.length > 0 ? sections.filter((section) => section !== '') : ['Nothing in any environment.']),
  ]);
};
