/** An account that answers the protocols of AWS on this machine, for what a pre-flight asks of everything but ECR. */
import { createServer, type IncomingMessage } from 'node:http';
import { hangUp, listen } from '../../../services/kit/testing/loopback.ts';
import { answerOf, type PeerAnswer } from './aws-peer-answers.ts';

export type PeerSecret = { readonly value?: string; readonly deleted?: boolean };
export type PeerCertificate = {
  readonly host: string;
  readonly status: string;
  readonly reason?: string;
  /** Days until it ends; default 200. */
  readonly daysLeft?: number;
};
export type PeerZone = {
  readonly id: string;
  readonly name: string;
  readonly nameServers: readonly string[];
  readonly records: readonly string[];
};
type Tags = Readonly<Record<string, string>>;

/** What the account holds; tests change it. */
export type PeerAccount = {
  account: string;
  secrets: Map<string, PeerSecret>;
  /** Absent: there is no cluster. Role ARN by service account otherwise. */
  associations: Map<string, string> | undefined;
  /** Trust policy by role name. */
  roles: Map<string, object>;
  certificates: PeerCertificate[];
  zones: PeerZone[];
  /** Applied values by quota code; what is missing has the default value. */
  quotas: Map<string, number>;
  addresses: Tags[];
  vpcs: Tags[];
  /** State by id of an agent on Bedrock, and by `<agent>/<alias>` of its aliases. */
  agents: Map<string, string>;
};

export type AwsPeer = {
  readonly url: string;
  readonly holds: PeerAccount;
  /** What a service, by its name in signatures, answers in place of the truth; `silent` never answers. */
  readonly faults: Map<string, PeerAnswer | 'silent'>;
  /** `service:Operation` that were asked, in order. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
};

const textOf = async (request: IncomingMessage) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

/** Starts an account on a free port; `holds` is what it answers from. */
export const startAwsPeer = async (holds: PeerAccount): Promise<AwsPeer> => {
  const server = createServer((request, response) => {
    const [, key = '', service = ''] =
      /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const respond = ({ status, type, text }: PeerAnswer) =>
      response.writeHead(status, { 'content-type': type }).end(text);
    textOf(request).then(
      (body) => {
        const url = new URL(request.url ?? '/', 'http://peer');
        const { operation, answer } = answerOf(holds, {
          service,
          key,
          url,
          target: `${request.headers['x-amz-target']}`,
          body,
        });
        peer.asked.push(`${service}:${operation}`);
        const fault = peer.faults.get(service);
        if (fault !== 'silent') respond(fault ?? answer);
      },
      (problem: Error) => response.destroy(problem),
    );
  });
  const port = await listen(server);
  const peer: AwsPeer = {
    url: `http://127.0.0.1:${port}`,
    holds,
    faults: new Map(),
    asked: [],
    close: () => hangUp(server),
  };
  return peer;
};

/** Lets clients of AWS made from here on ask the peer, with credentials of nobody; the answer undoes it. */
export const pointSdkAt = ({ url }: Pick<AwsPeer, 'url'>): (() => void) => {
  const given = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' };
  const saved = Object.keys(given).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, given);
  return () => {
    for (const [name, value] of saved)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
};
