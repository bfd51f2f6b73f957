/** Whether whoever services are set to ask outside of the platform answers, and takes the key that we hold. Nothing is bought or sent. */
import { BedrockAgentClient, GetAgentAliasCommand, GetAgentCommand } from '@aws-sdk/client-bedrock-agent';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isPlaceholder } from '../../../services/kit/config/placeholder.ts';
import type { DestinationName } from '../../../services/kit/destinations.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { withClient } from '../../aws/ask-aws.ts';
import type { Finding } from '../../aws/finding.ts';
import { configurationOf } from '../../environment/environment-configuration.ts';
import { secretId } from '../../secret-id.ts';
import { secretOwner } from '../../services.ts';
import type { PreflightCheck, PreflightContext } from './preflight-check.ts';

type Problem = Pick<Finding, 'code' | 'problem' | 'command'>;
/** Values that a service is set to, plain ones and secrets, by their keys. */
type Values = Readonly<Record<string, string>>;
type Question = { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body?: object };

type Provider = {
  /** As people know it. */
  readonly title: string;
  readonly destination: DestinationName;
  /** The value with which a service is set to use it. */
  readonly when: readonly [key: string, is: string];
  /** Values without which nobody can be asked; other checks say of each that is missing or no value. */
  readonly needs: readonly string[];
  readonly ask: (values: Values, service: ServiceManifest, context: PreflightContext) => Promise<Problem | undefined>;
};

const idOf = (service: ServiceManifest, key: string, { environment }: PreflightContext) =>
  secretId(environment.name, secretOwner(service, key), key);

const again = ({ environment }: PreflightContext) => `npx cloudmart preflight --environment ${environment.name}`;

/** Asks a provider with a key; what it answers beside a refusal of the key or a failure of its own is no matter of ours. */
const askWithKey =
  (title: string, key: string, questionOf: (values: Values) => Question): Provider['ask'] =>
  async (values, service, context) => {
    const { url, headers, body } = questionOf(values);
    const answer = await fetch(url, {
      signal: context.aws.deadline().abortSignal,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    }).catch((problem: Error) => problem);
    const { host } = new URL(url);
    if (!('status' in answer)) {
      const { message: why } = (answer.cause as Error | undefined) ?? answer;
      return {
        code: 'provider-unreachable',
        problem: `${title} at ${host} does not answer (${why}); check its address and the network`,
        command: again(context),
      };
    }
    await answer.body?.cancel();
    if (answer.status === 401)
      return {
        code: 'provider-refuses-key',
        problem: `${title} at ${host} does not accept ${key}; put in a key that is valid`,
        command: `aws secretsmanager put-secret-value --region ${context.environment.region} --secret-id ${idOf(service, key, context)} --secret-string file://<file that holds the value>`,
      };
    return answer.status < 500
      ? undefined
      : {
          code: 'provider-failed',
          problem: `${title} at ${host} answers ${answer.status}; wait until it is well, or see its status page`,
          command: again(context),
        };
  };

const PREPARED = 'PREPARED';

/** The agent and its alias are there, and both are prepared: Bedrock answers for no others. */
const askBedrock: Provider['ask'] = (values, service, { aws, environment }) => {
  const { BEDROCK_AGENT_ID: agentId, BEDROCK_AGENT_ALIAS_ID: agentAliasId } = values;
  const missing = (what: string) => ({
    code: 'agent-missing' as const,
    problem: `Bedrock in ${environment.region} has no ${what}; name one of this account and region under configuration.${service.name} in lib/environments.ts`,
    command: `aws bedrock-agent list-agents --region ${environment.region}`,
  });
  const unprepared = (what: string, status: string | undefined) => ({
    code: 'agent-not-prepared' as const,
    problem: `${what} on Bedrock in ${environment.region} is ${status ?? 'of no status'} and not ${PREPARED}, so that it answers nobody; prepare it`,
    command: `aws bedrock-agent prepare-agent --region ${environment.region} --agent-id ${agentId}`,
  });
  const orAbsent = (problem: Error) => {
    if (problem.name === 'ResourceNotFoundException') return undefined;
    throw problem;
  };
  return withClient(new BedrockAgentClient(aws.settings), async (client) => {
    const agent = await client.send(new GetAgentCommand({ agentId }), aws.deadline()).catch(orAbsent);
    if (!agent?.agent) return missing(`agent ${agentId}`);
    if (agent.agent.agentStatus !== PREPARED) return unprepared(`agent ${agentId}`, agent.agent.agentStatus);
    const alias = await client
      .send(new GetAgentAliasCommand({ agentId, agentAliasId }), aws.deadline())
      .catch(orAbsent);
    if (!alias?.agentAlias) return missing(`alias ${agentAliasId} of agent ${agentId}`);
    const { agentAliasStatus } = alias.agentAlias;
    return agentAliasStatus === PREPARED ? undefined : unprepared(`alias ${agentAliasId}`, agentAliasStatus);
  });
};

const withSlash = (address = '') => address.replace(/\/*$/, '/');

const providers: readonly Provider[] = [
  {
    title: 'OpenAI',
    destination: 'openai',
    when: ['ANSWER_PROVIDER', 'openai'],
    needs: ['OPENAI_API_URL', 'OPENAI_API_KEY'],
    // https://platform.openai.com/docs/api-reference/models/list
    ask: askWithKey('OpenAI', 'OPENAI_API_KEY', ({ OPENAI_API_URL, OPENAI_API_KEY }) => ({
      url: `${withSlash(OPENAI_API_URL)}models`,
      headers: { authorization: `Bearer ${OPENAI_API_KEY}` },
    })),
  },
  {
    title: 'Bedrock',
    destination: 'bedrock',
    when: ['AGENT_PROVIDER', 'bedrock'],
    needs: ['BEDROCK_AGENT_ID', 'BEDROCK_AGENT_ALIAS_ID'],
    ask: askBedrock,
  },
  {
    title: 'Azure AI Language',
    destination: 'azure-language',
    when: ['SENTIMENT_PROVIDER', 'azure'],
    needs: ['AZURE_LANGUAGE_ENDPOINT', 'AZURE_LANGUAGE_KEY'],
    // https://learn.microsoft.com/rest/api/language/text-analysis-runtime/analyze-text
    ask: askWithKey(
      'Azure AI Language',
      'AZURE_LANGUAGE_KEY',
      ({ AZURE_LANGUAGE_ENDPOINT, AZURE_LANGUAGE_KEY = '' }) => ({
        url: `${withSlash(AZURE_LANGUAGE_ENDPOINT)}language/:analyze-text?api-version=2023-04-01`,
        headers: { 'ocp-apim-subscription-key': AZURE_LANGUAGE_KEY },
        body: { kind: 'LanguageDetection', analysisInput: { documents: [{ id: '1', text: 'well' }] }, parameters: {} },
      }),
    ),
  },
  {
    title: 'Stripe',
    destination: 'stripe',
    when: ['PAYMENT_PROVIDER', 'stripe'],
    needs: ['STRIPE_API_URL', 'STRIPE_SECRET_KEY'],
    // https://docs.stripe.com/api/payment_intents/list; a restricted key may be refused the list with 403, and is valid.
    ask: askWithKey('Stripe', 'STRIPE_SECRET_KEY', ({ STRIPE_API_URL, STRIPE_SECRET_KEY }) => ({
      url: `${withSlash(STRIPE_API_URL)}v1/payment_intents?limit=1`,
      headers: { authorization: `Bearer ${STRIPE_SECRET_KEY}` },
    })),
  },
];

/** Plain values of a service and the secrets among `keys`; a value that is missing, empty or a placeholder is left out. */
const valuesOf = async (
  service: ServiceManifest,
  keys: readonly string[],
  context: PreflightContext,
): Promise<Values> => {
  const { environment, aws } = context;
  const set = configurationOf(service, environment);
  const settingOf = async (key: string): Promise<string> => {
    const declared = service.configuration[key];
    if (declared?.kind !== 'secret') return set[key] ?? declared?.default ?? '';
    const SecretId = idOf(service, key, context);
    // Whatever is wrong with the secret itself, the check of secrets says.
    return withClient(new SecretsManagerClient(aws.settings), (client) =>
      client.send(new GetSecretValueCommand({ SecretId }), aws.deadline()).then(
        ({ SecretString = '' }) => SecretString.trim(),
        () => '',
      ),
    );
  };
  const values = await Promise.all(keys.map(async (key) => [key, await settingOf(key)] as const));
  return Object.fromEntries(values.filter(([, value]) => value !== '' && !isPlaceholder(value)));
};

/** Every provider that a service is set to use: it answers, takes our key, and its agent is ready. */
export const providerCheck: PreflightCheck = {
  name: 'providers',
  asks: 'Bedrock',
  run: async (context) => {
    const asked: string[] = [];
    const findings: Finding[] = [];
    const notChecked: string[] = [];
    for (const service of context.services)
      for (const { title, destination, when, needs, ask } of providers) {
        if (!service.reaches?.includes(destination)) continue;
        const values = await valuesOf(service, [when[0], ...needs], context);
        if (values[when[0]] !== when[1]) continue;
        const lacking = needs.filter((key) => values[key] === undefined);
        if (lacking.length > 0) {
          notChecked.push(`${title} of ${service.name}: not asked, because ${lacking.join(' and ')} holds no value`);
          continue;
        }
        asked.push(title);
        const problem = await ask(values, service, context);
        if (problem) findings.push({ ...problem, service: service.name });
      }
    return { summary: asked.join(', ') || 'none in use', findings, notChecked };
  },
};
