/** Whether every secret and every plain value that manifests declare is there and is meant to run. Values are never shown. */
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isPlaceholder } from '../../../services/kit/config/placeholder.ts';
import { isStandIn, standInSentence } from '../../../services/kit/configuration-declaration.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { withClient } from '../../aws/ask-aws.ts';
import type { Finding } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';
import {
  browserValueProblems,
  neededSecretNames,
  standInProblems,
} from '../../environment/environment-configuration.ts';
import { servesCustomers } from '../../environment/readiness.ts';
import { secretId } from '../../secret-id.ts';
import { callSecretNames, secretOwner } from '../../services.ts';
import type { PreflightCheck, PreflightContext } from './preflight-check.ts';
import { valueProblem } from './preflight-values.ts';

type ExpectedSecret = { readonly id: string; readonly key: string; readonly service?: ServiceManifest };

/** Names of the secrets that these services need in an environment, each with its owner but those of a caller and a callee. */
export const expectedSecrets = (environment: Environment, services: readonly ServiceManifest[]): ExpectedSecret[] => {
  const expected = new Map<string, ExpectedSecret>();
  for (const service of services) {
    for (const key of callSecretNames(service, services)) {
      const id = secretId(environment.name, service.name, key);
      expected.set(id, { id, key });
    }
    for (const key of neededSecretNames(service, environment)) {
      const id = secretId(environment.name, secretOwner(service, key), key);
      // A secret of two services is looked at once.
      if (!expected.has(id)) expected.set(id, { id, key, service });
    }
  }
  return [...expected.values()];
};

type Problem = Pick<Finding, 'code' | 'problem' | 'command'>;

const secretProblem = async (
  client: SecretsManagerClient,
  { id, key, service }: ExpectedSecret,
  { environment, aws }: PreflightContext,
): Promise<Problem | undefined> => {
  const { name, region } = environment;
  const issuer = service?.configuration[key]?.issuedBy?.issuer;
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
    problem: `secret ${id} holds no current value; ${issuer ? `${issuer} issues it: put in theirs` : 'put one in'}`,
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
  const declared = service?.configuration[key];
  if (declared && servesCustomers(environment) && isStandIn(declared, value))
    return {
      code: 'secret-stand-in',
      problem: `the value of secret ${id} ${standInSentence(declared)}`,
      command: put,
    };
  const refused = await valueProblem(service, key, value);
  if (refused !== undefined)
    return {
      code: 'secret-malformed',
      problem: `the value of secret ${id} would be refused at start: ${refused}`,
      command: put,
    };
  return undefined;
};

/** Secrets Manager: every declared secret has a current value that is no placeholder and that its process accepts. */
export const secretCheck: PreflightCheck = {
  name: 'secrets',
  asks: 'Secrets Manager',
  run: async (context) => {
    const expected = expectedSecrets(context.environment, context.services);
    const findings: Finding[] = [];
    await withClient(new SecretsManagerClient(context.aws.settings), async (client) => {
      for (const secret of expected) {
        const problem = await secretProblem(client, secret, context);
        if (problem) findings.push({ ...problem, ...(secret.service && { service: secret.service.name }) });
      }
    });
    return { summary: `${expected.length} secrets, none shown`, findings };
  },
};

/** The plain values of `lib/environments.ts` and of the manifests: none is a placeholder, each is one that its process accepts. */
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
            service,
            key,
            value: own ?? declared.default,
            file: own === undefined ? `services/${service.name}/manifest.ts` : 'lib/environments.ts',
          };
        }),
    );
    const findings: Finding[] = services.flatMap((service) =>
      standInProblems(service, environment).map(([key, sentence]) => ({
        code: 'configuration-stand-in',
        service: service.name,
        problem: `${key} of ${service.name}: ${sentence} under configuration.${service.name} in lib/environments.ts`,
        command: '$EDITOR lib/environments.ts',
      })),
    );
    // What is there and malformed is found with all other values below.
    const isSet = (service: ServiceManifest, key: string) =>
      environment.configuration[service.name]?.[key] !== undefined;
    for (const service of services)
      for (const [key, sentence] of browserValueProblems(service, environment))
        if (!isSet(service, key))
          findings.push({
            code: 'configuration-malformed',
            service: service.name,
            problem: `${key} of ${service.name} in lib/environments.ts: ${sentence}`,
            command: '$EDITOR lib/environments.ts',
          });
    for (const { service, key, value, file } of values) {
      const isHole = value !== undefined && isPlaceholder(value);
      const refused = isHole ? 'is a placeholder' : await valueProblem(service, key, value);
      if (refused === undefined) continue;
      findings.push({
        code: isHole ? 'configuration-placeholder' : 'configuration-malformed',
        service: service.name,
        problem: `${key} of ${service.name} in ${file} would be refused at start: ${refused}; write the real value`,
        command: `$EDITOR ${file}`,
      });
    }
    return { summary: `${values.length} plain values`, findings };
  },
};
