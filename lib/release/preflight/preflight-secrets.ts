/** Whether every secret and every plain value that manifests declare is there and is meant to run. Values are never shown. */
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { isPlaceholder } from '../../../services/kit/placeholder.ts';
import type { Environment } from '../../environment.ts';
import { secretNames } from '../../service-environment.ts';
import { withClient } from './preflight-aws.ts';
import { type PreflightCheck, type PreflightContext, prefixOf } from './preflight-check.ts';
import type { Finding } from './preflight-finding.ts';

/** Names of the secrets that an environment holds for these services, each with its owner; one signs the calls of all. */
export const expectedSecrets = (
  environment: Environment,
  services: readonly ServiceManifest[],
): { readonly id: string; readonly service?: string }[] => [
  { id: `${prefixOf(environment)}/SERVICE_AUTH_SECRET` },
  ...services.flatMap((service) =>
    secretNames(service).map((key) => ({
      id: `${prefixOf(environment)}/${service.name}/${key}`,
      service: service.name,
    })),
  ),
];

type Problem = Pick<Finding, 'code' | 'problem' | 'command'>;

const secretProblem = async (
  client: SecretsManagerClient,
  id: string,
  { environment: { name, region }, aws }: PreflightContext,
): Promise<Problem | undefined> => {
  const put = `aws secretsmanager put-secret-value --region ${region} --secret-id ${id} --secret-string file://<file that holds the value>`;
  const described = await client.send(new DescribeSecretCommand({ SecretId: id }), aws.deadline()).catch((problem) => {
    if ((problem as Error).name === 'ResourceNotFoundException') return undefined;
    throw problem;
  });
  if (!described)
    return {
      code: 'secret-missing',
      problem: `there is no secret ${id} in ${region}, which a manifest declares; the secret stack makes it`,
      command: `npx cdk deploy '${name}/Secret'`,
    };
  if (described.DeletedDate)
    return {
      code: 'secret-deleted',
      problem: `secret ${id} is marked for deletion; restore it, or remove it from the manifest`,
      command: `aws secretsmanager restore-secret --region ${region} --secret-id ${id}`,
    };
  const empty: Problem = {
    code: 'secret-empty',
    problem: `secret ${id} holds no current value; put one in`,
    command: put,
  };
  const stages = Object.values(described.VersionIdsToStages ?? {}).flat();
  if (!stages.includes('AWSCURRENT')) return empty;
  const { SecretString: value = '' } = await client.send(new GetSecretValueCommand({ SecretId: id }), aws.deadline());
  if (value.trim() === '') return empty;
  if (isPlaceholder(value))
    return {
      code: 'secret-placeholder',
      problem: `secret ${id} holds a placeholder and not a value; put the real one in`,
      command: put,
    };
  if (value !== value.trim())
    return {
      code: 'secret-malformed',
      problem: `the value of secret ${id} begins or ends with white space, as a file with a last line break leaves it; put it in without`,
      command: put,
    };
  return undefined;
};

/** Secrets Manager: every declared secret has a current value that is no placeholder. */
export const secretCheck: PreflightCheck = {
  name: 'secrets',
  asks: 'Secrets Manager',
  run: async (context) => {
    const expected = expectedSecrets(context.environment, context.services);
    const findings: Finding[] = [];
    await withClient(new SecretsManagerClient(context.aws.settings), async (client) => {
      for (const { id, service } of expected) {
        const problem = await secretProblem(client, id, context);
        if (problem) findings.push({ ...problem, ...(service ? { service } : {}) });
      }
    });
    return { summary: `${expected.length} secrets, none shown`, findings };
  },
};

/** The plain values of `lib/environments.ts` and of the manifests: none is a placeholder. */
export const configurationCheck: PreflightCheck = {
  name: 'configuration',
  asks: 'nothing',
  run: async ({ environment, services }) => {
    const values = services.flatMap((service) =>
      Object.entries(service.configuration)
        .filter(([, { kind }]) => kind === 'plain')
        .map(([key, declared]) => {
          const own = environment.configuration[service.name]?.[key];
          return {
            service: service.name,
            key,
            value: own ?? declared.default ?? '',
            file: own === undefined ? `services/${service.name}/manifest.ts` : 'lib/environments.ts',
          };
        }),
    );
    const findings = values
      .filter(({ value }) => value !== '' && isPlaceholder(value))
      .map(
        ({ service, key, file }): Finding => ({
          code: 'configuration-placeholder',
          service,
          problem: `${key} of ${service} is a placeholder in ${file}; write the real value`,
          command: `$EDITOR ${file}`,
        }),
      );
    return { summary: `${values.length} plain values`, findings };
  },
};
