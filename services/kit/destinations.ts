/**
 * What a service can reach outside of the platform, by the name that its manifest gives under `reaches`: how it gets there, what it
 * may do there, and what stands for it where there is no AWS, in one place. Plain data: constructs turn it into statements of IAM,
 * charts into network policies, the local run and compose into what they give the process.
 */

export type Grant = {
  readonly sid: string;
  readonly actions: readonly string[];
  /** What the actions are allowed on; whoever knows the account turns each of these into ARNs. */
  readonly on: 'mail-identities' | 'phone-numbers' | 'chat-topic' | 'sent-mails-topic' | 'agents';
};

export type Destination = {
  /** What it is, for people and pictures. */
  readonly title: string;
  /**
   * Where it answers, `{region}` and `*` to be filled. A network policy of Kubernetes knows addresses only, and these change theirs,
   * so it opens the ports to the world outside; a firewall that knows names takes the names.
   */
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
  /** What its role may do; none where a key of the provider's is shown instead. */
  readonly grants: readonly Grant[];
  /**
   * What stands for it outside AWS: a folder into which mails are written, which MAIL_URL names; one for what a chat is told, which
   * CHAT_URL names; one for what is told of mails that went out, which SENT_MAILS_URL names; or a stand-in that the service's own configuration chooses, as it chooses the provider on AWS, so that the platform
   * gives it nothing.
   */
  readonly locally: 'mail-folder' | 'chat-folder' | 'sent-mails-folder' | 'own-choice';
};

export const destinations = {
  ses: {
    title: 'Amazon SES: mails',
    hosts: ['email.{region}.amazonaws.com'],
    ports: [443],
    grants: [{ sid: 'SendMail', actions: ['ses:SendEmail'], on: 'mail-identities' }],
    locally: 'mail-folder',
  },
  sns: {
    title: 'Amazon SNS: text messages',
    hosts: ['sns.{region}.amazonaws.com'],
    ports: [443],
    grants: [{ sid: 'SendTextMessages', actions: ['sns:Publish'], on: 'phone-numbers' }],
    locally: 'own-choice',
  },
  chat: {
    title: 'Amazon SNS: a chat',
    hosts: ['sns.{region}.amazonaws.com'],
    ports: [443],
    grants: [{ sid: 'TellChat', actions: ['sns:Publish'], on: 'chat-topic' }],
    locally: 'chat-folder',
  },
  'sent-mails': {
    title: 'Amazon SNS: mails that went out',
    hosts: ['sns.{region}.amazonaws.com'],
    ports: [443],
    grants: [{ sid: 'TellOfMails', actions: ['sns:Publish'], on: 'sent-mails-topic' }],
    locally: 'sent-mails-folder',
  },
  bedrock: {
    title: 'Amazon Bedrock: agents',
    // An agent asks its model in its own name, so that nobody here may.
    hosts: ['bedrock-agent-runtime.{region}.amazonaws.com'],
    ports: [443],
    grants: [{ sid: 'InvokeAgents', actions: ['bedrock:InvokeAgent'], on: 'agents' }],
    locally: 'own-choice',
  },
  bigquery: {
    title: 'Google BigQuery: the warehouse',
    // Credentials of AWS are exchanged for Google's, so that there is no key.
    hosts: [
      'bigquery.googleapis.com',
      'bigquerystorage.googleapis.com',
      'sts.googleapis.com',
      'iamcredentials.googleapis.com',
    ],
    ports: [443],
    grants: [],
    locally: 'own-choice',
  },
  openai: { title: 'OpenAI: answers', hosts: ['api.openai.com'], ports: [443], grants: [], locally: 'own-choice' },
  'azure-language': {
    title: 'Azure AI Language: sentiment',
    hosts: ['*.cognitiveservices.azure.com'],
    ports: [443],
    grants: [],
    locally: 'own-choice',
  },
  stripe: { title: 'Stripe: payments', hosts: ['api.stripe.com'], ports: [443], grants: [], locally: 'own-choice' },
} as const satisfies Readonly<Record<string, Destination>>;

export type DestinationName = keyof typeof destinations;

type Reaching = { readonly reaches?: readonly DestinationName[] | undefined };

/** Destinations of a service, in the order in which its manifest names them. */
export const destinationsOf = ({ reaches = [] }: Reaching): readonly Destination[] =>
  reaches.map((name) => destinations[name]);

const isGiven = (service: Reaching, folder: Destination['locally']): boolean =>
  destinationsOf(service).some(({ locally }) => locally === folder);

/** Whether a service sends mails, and so is told by MAIL_URL where to. */
export const sendsMail = (service: Reaching): boolean => isGiven(service, 'mail-folder');

/** Whether a service tells a chat, and so is told by CHAT_URL where to, if there is one. */
export const tellsChat = (service: Reaching): boolean => isGiven(service, 'chat-folder');

/** Whether a service tells of mails that went out, and so is told by SENT_MAILS_URL where to. */
export const tellsOfMails = (service: Reaching): boolean => isGiven(service, 'sent-mails-folder');
