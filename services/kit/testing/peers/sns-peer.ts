/** Stands for Amazon SNS on this machine: takes what is published over HTTP, or refuses it, for tests. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { SNSClient, type SNSClientConfig } from '@aws-sdk/client-sns';
import { hangUp, listen } from '../loopback.ts';

const taken =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>';
const refused =
  '<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>';

/** `settings` are those of the client under test; the peer gives it an address and credentials. */
export const startSnsPeer = async (settings: SNSClientConfig = { maxAttempts: 1 }) => {
  const asked: URLSearchParams[] = [];
  /** How it answers: it takes or refuses what it is asked, hangs up without an answer, or never answers. */
  const state: { mood: 'takes' | 'refuses' | 'hangs up' | 'is silent' } = { mood: 'takes' };
  const server = createServer(async (request, response) => {
    asked.push(new URLSearchParams(await text(request)));
    if (state.mood === 'is silent') return;
    if (state.mood === 'hangs up') return void request.socket.destroy();
    const isTaken = state.mood === 'takes';
    response.writeHead(isTaken ? 200 : 403, { 'content-type': 'text/xml' }).end(isTaken ? taken : refused);
  });
  const client = new SNSClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${await listen(server)}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    ...settings,
  });
  return {
    client,
    /** Every call, whatever came of it, in order. */
    asked,
    state,
    stop: async () => {
      client.destroy();
      await hangUp(server);
    },
  };
};

export type SnsPeer = Awaited<ReturnType<typeof startSnsPeer>>;
