/** Pages that are read out of the templates of production, so that a review sees what a change of the code does to them. */
import { statefulTypes } from '../guards/data-rules.ts';
import { partName } from '../names.ts';
import {
  identityStatements,
  listOf,
  type ResourceEntry,
  resourcesOf,
  type StackTemplate,
  textOf,
} from '../templates/template.ts';

/** As code, because `<...>` would be markup. */
const cell = (texts: readonly string[]) => texts.map((text) => `\`${text.replaceAll('|', '\\|')}\``).join('<br>');

const PUBLISHED = new RegExp(
  `<${partName('[a-z]+', '([a-z-]+)')}\\.PublishOutput(?:FnGetAtt|Ref)(\\w+?)[0-9A-F]{8}(\\w*)>`,
  'g',
);

/** `<...-production-table.PublishOutputFnGetAttnotificationsTableArn0BEEF123>` -> `<table notificationsTableArn>`. */
const short = (text: string) =>
  text
    .replaceAll(PUBLISHED, '<$1 $2$3>')
    .replaceAll(/split\(\/,<[^>]*>\)\[2\]/g, '<uuid>')
    .replaceAll(/arn:(aws|<Partition>):/g, 'arn:aws:');

const roleName = ({ logicalId, properties }: ResourceEntry) =>
  properties['RoleName'] ? textOf(properties['RoleName']) : logicalId;

const rolesOfStack = ({ stack, template }: StackTemplate): string[] => {
  const statements = identityStatements(template);
  return resourcesOf(template, 'AWS::IAM::Role').flatMap((role) => {
    const own = statements.filter(
      ({ entry }) =>
        entry.logicalId === role.logicalId ||
        listOf(entry.properties['Roles']).some((name) => textOf(name) === `<${role.logicalId}>`),
    );
    const managed = listOf(role.properties['ManagedPolicyArns']).map((arn) =>
      textOf(arn)
        .split('policy/')
        .at(-1)
        ?.replace(/["}\],[{].*/, ''),
    );
    const lines = own.map(({ statement }) => {
      const actions = listOf(statement.Action).map(textOf).sort();
      const resources = listOf(statement.Resource)
        .map((resource) => short(textOf(resource)))
        .sort();
      return `| ${statement.Effect === 'Deny' ? 'deny ' : ''}${statement.Sid ?? '-'} | ${cell(actions)} | ${cell(resources)}${statement.Condition ? '<br>with a condition' : ''} |`;
    });
    return [
      `### ${roleName(role)}`,
      '',
      `Stack ${stack}.${managed.length > 0 ? ` Policies of AWS: ${managed.join(', ')}.` : ''}`,
      '',
      ...(lines.length > 0 ? ['| statement | actions | resources |', '| --- | --- | --- |', ...lines, ''] : []),
    ];
  });
};

/** `docs/permissions.md`: every action of every role. */
export const permissionsPage = (stacks: readonly StackTemplate[]): string =>
  [
    '# Permissions',
    '',
    'Written by `npx cloudmart pages` from the templates of production; a test compares. Roles of services follow from their manifests',
    '(`lib/constructs/access/service-permissions.ts`). A new line here is a new permission: review it as such.',
    '',
    ...stacks.flatMap(rolesOfStack),
  ].join('\n');

/** Logical ids of everything that keeps state. */
export const statefulIds = (stacks: readonly StackTemplate[]): string[] =>
  stacks.flatMap(({ stack, template }) =>
    resourcesOf(template, statefulTypes).map(({ logicalId, resource }) => `${stack} ${logicalId} ${resource.Type}`),
  );

/** `docs/stateful-resources.md`: what must never get another id, because the new one would begin empty. */
export const statefulResourcesPage = (stacks: readonly StackTemplate[]): string =>
  [
    '# Stateful resources',
    '',
    'Written by `npx cloudmart pages` from the templates of production; a test compares. CloudFormation knows a resource by its logical id:',
    'under another id it makes a new, empty one. A line that disappears or changes here is data left behind; of Kubernetes objects, it is',
    'what serves, applied once more and then deleted under its old id. To rename or move such a resource on purpose, use `cdk refactor`, or',
    'import the old one under the new id.',
    '',
    '| stack | logical id | type |',
    '| --- | --- | --- |',
    ...statefulIds(stacks).map((line) => `| ${line.split(' ').join(' | ')} |`),
    '',
  ].join('\n');
