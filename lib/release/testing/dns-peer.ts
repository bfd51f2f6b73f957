/** A DNS server on this machine (RFC 1035): answers NS and A questions from a list, and says NXDOMAIN otherwise. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export type DnsPeer = {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Name servers by zone. */
  readonly nameServers: Map<string, readonly string[]>;
  /** IPv4 address by host. */
  readonly hosts: Map<string, string>;
  /** Whether questions are left without an answer. */
  silent: boolean;
  readonly close: () => Promise<void>;
};

const A = 1;
const NS = 2;
const NXDOMAIN = 3;

const encoded = (name: string) =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)),
    Buffer.alloc(1),
  ]);

const nameAt = (message: Buffer, start: number): { name: string; end: number } => {
  const labels: string[] = [];
  let at = start;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('ascii', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
};

const answerTo = (question: Buffer, { nameServers, hosts }: DnsPeer): Buffer => {
  const { name, end } = nameAt(question, 12);
  const type = question.readUInt16BE(end);
  const host = hosts.get(name);
  const data =
    type === NS
      ? (nameServers.get(name) ?? []).map(encoded)
      : type === A && host
        ? [Buffer.from(host.split('.').map(Number))]
        : [];
  const records = data.map((content) => {
    // A pointer to the name in the question, the type, class IN, a time to live of 1 s, the length.
    const head = Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 1, 0, content.length]);
    return Buffer.concat([head, content]);
  });
  const header = Buffer.from([
    0,
    0,
    0x81,
    data.length > 0 || hosts.has(name) ? 0x80 : 0x80 | NXDOMAIN,
    0,
    1,
    0,
    records.length,
    0,
    0,
    0,
    0,
  ]);
  question.copy(header, 0, 0, 2);
  return Buffer.concat([header, question.subarray(12, end + 4), ...records]);
};

/** Starts a DNS server that knows no name on a free port. */
export const startDnsPeer = async (): Promise<DnsPeer> => {
  const socket = createSocket('udp4');
  socket.on('message', (question, { address, port }) => {
    if (!peer.silent) socket.send(answerTo(question, peer), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const peer: DnsPeer = {
    address: `127.0.0.1:${socket.address().port}`,
    nameServers: new Map(),
    hosts: new Map(),
    silent: false,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
  return peer;
};
