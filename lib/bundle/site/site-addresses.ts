/**
 * What must not stand in files for browsers: an address of the API. Pages read theirs from `/config.json` at run time; one that is
 * built in works in one environment only, and one from inside the cluster works in none.
 */
import { readdir, readFile } from 'node:fs/promises';
import { BlockList, isIP } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { environments } from '../../environments.ts';

export type SiteAddress = {
  /** Relative to the folder of the build. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** As it is written. */
  readonly address: string;
  readonly reason: string;
};

/** Files that a browser runs or shows; source maps and pictures are neither. */
const READ = /\.(?:html?|m?js|css|json|webmanifest|txt|xml|svg)$/i;
/** File beside the service's manifest that admits single addresses: `{"<address>": "<reason>"}`. */
export const ADMITTED_FILE = 'admitted-addresses.json';

// A scheme with anything that may be a host after it, also written with escaped slashes as JSON in JavaScript is.
const WITH_SCHEME = /\b(?:https?|wss?):(?:\\?\/){2}(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d+)?(?:\\?\/[\w.~%/\\-]*)?/gi;
// Names that only a cluster resolves give themselves away without a scheme too.
const IN_CLUSTER =
  /\b[\w-]+(?:\.[\w-]+)*\.svc(?:\.cluster\.local)?(?::\d+)?\b|\b[\w-]+(?:\.[\w-]+)*\.cluster\.local(?::\d+)?\b/gi;

const privateRanges = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  privateRanges.addSubnet(net, bits);
for (const [net, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  privateRanges.addSubnet(net, bits, 'ipv6');

const isUnder = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);

/** Why an address must not be in files for browsers; undefined when it may be. */
export const reasonAgainst = (address: string): string | undefined => {
  const plain = address.replaceAll('\\/', '/');
  let url: URL;
  try {
    url = new URL(plain.includes('://') ? plain : `http://${plain}`);
  } catch {
    return undefined;
  }
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const version = isIP(host);
  if (isUnder(host, 'localhost') || (version > 0 && privateRanges.check(host, version === 6 ? 'ipv6' : 'ipv4')))
    return 'only a machine of the team reaches it';
  if (host.endsWith('.svc') || ['cluster.local', 'internal', 'local'].some((domain) => isUnder(host, domain)))
    return 'only pods of the cluster reach it';
  if (version === 0 && !host.includes('.')) return 'a name without a dot is resolved inside a cluster only';
  if (['amazonaws.com', 'amazonaws.com.cn', 'on.aws'].some((domain) => isUnder(host, domain)))
    return 'it names a resource of one deployment, which the next one may replace';
  const own = environments.find(({ domain, publicDoor }) => isUnder(host, domain) || host === publicDoor?.host);
  if (own) return `it ties the build to ${own.name}`;
  if (/^api[.-]/.test(host) || /^\/(?:api|graphql)(?:\/|$)/.test(url.pathname))
    return 'it is the absolute address of an API, and the site calls its own origin only';
  return undefined;
};

const admittedShape = z.record(z.string(), z.string().min(10, 'give the reason in a sentence'));

/** Addresses that the service admits in its own files, each for a reason. Throws one sentence when the file is malformed. */
const admittedBy = async (serviceFolder: string): Promise<ReadonlySet<string>> => {
  const file = path.join(serviceFolder, ADMITTED_FILE);
  const text = await readFile(file, 'utf8').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') return '{}';
    throw problem;
  });
  try {
    return new Set(Object.keys(admittedShape.parse(JSON.parse(text))));
  } catch (problem) {
    const detail = problem instanceof z.ZodError ? problem.issues[0]?.message : (problem as Error).message;
    throw new Error(`${file} is no object of addresses and reasons: ${detail}; write {"<address>": "<reason>"}`);
  }
};

/** Addresses in one text that must not be there. */
export const addressesIn = (text: string): Omit<SiteAddress, 'file'>[] => {
  const found = new Map<string, Omit<SiteAddress, 'file'>>();
  text.split('\n').forEach((content, at) => {
    const matches = [
      ...(content.match(WITH_SCHEME) ?? []),
      ...(content.replaceAll(WITH_SCHEME, ' ').match(IN_CLUSTER) ?? []),
    ];
    for (const address of matches) {
      const reason = reasonAgainst(address);
      if (reason) found.set(`${at} ${address}`, { line: at + 1, address: address.replaceAll('\\/', '/'), reason });
    }
  });
  return [...found.values()];
};

/** Addresses in the files of a web build that must not be there, by file and line. */
export const addressesInBuild = async (folder: string, serviceFolder: string): Promise<SiteAddress[]> => {
  const admitted = await admittedBy(serviceFolder);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && READ.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
  const found: SiteAddress[] = [];
  for (const file of files) {
    const text = await readFile(path.join(folder, file), 'utf8');
    found.push(
      ...addressesIn(text)
        .filter(({ address }) => !admitted.has(address))
        .map((one) => ({ file, ...one })),
    );
  }
  return found;
};

/** Refuses a web build with an address of the API in it: one line per place, with file, line, address and reason. */
export const refuseBuiltInAddresses = async (folder: string, serviceFolder: string): Promise<void> => {
  const found = await addressesInBuild(folder, serviceFolder);
  if (found.length === 0) return;
  const lines = found.map(({ file, line, address, reason }) => `${file}:${line}: ${address}: ${reason}`);
  throw new Error(
    `the web build in ${folder} holds ${found.length === 1 ? 'an address' : `${found.length} addresses`} that ${found.length === 1 ? 'belongs' : 'belong'} into /config.json, which the platform writes:\n${lines.join('\n')}\nread the address at run time, or admit it with its reason in ${path.join(serviceFolder, ADMITTED_FILE)}`,
  );
};
