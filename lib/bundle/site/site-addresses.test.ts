import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { environments } from '../../environments.ts';
import { siteConfigOf } from '../../variables/site-config.ts';
import { addressesIn, refuseBuiltInAddresses } from './site-addresses.ts';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'site-'));
});
afterEach(() => rm(place, { recursive: true }));

const built = async (files: Record<string, string>) => {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(place, 'dist', file)), { recursive: true });
    await writeFile(path.join(place, 'dist', file), text);
  }
  return refuseBuiltInAddresses(path.join(place, 'dist'), place);
};

const page = '<!doctype html><script type="module" src="/assets/index.js"></script>';
const readsConfiguration =
  'const { api } = await (await fetch(\'/config.json\')).json();\nawait fetch(api + "/products");\n';

describe('a web build', () => {
  it('passes when it reads its addresses at run time', async () => {
    await built({
      'index.html': page,
      'assets/index.js': `${readsConfiguration}// https://react.dev/errors/418\n`,
      'assets/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    });
  });

  it('is refused with file, line, address and reason of each place', async () => {
    await expect(
      built({
        'index.html': page,
        'assets/index.js': `${readsConfiguration}fetch("http://localhost:8080/api/v1/products")`,
        'assets/chat.js': 'connect("ws://order.cloudmart.svc.cluster.local:8003/events")',
      }),
    ).rejects.toThrow(
      /2 addresses[\s\S]*\nassets\/chat\.js:1: ws:\/\/order\.cloudmart\.svc\.cluster\.local:8003\/events: only pods of the cluster reach it\nassets\/index\.js:3: http:\/\/localhost:8080\/api\/v1\/products: only a machine of the team reaches it\n/,
    );
  });

  it('may hold an address that its service admits with a reason, and no other', async () => {
    const files = { 'index.js': 'new URL(path, "http://localhost")\nfetch("http://localhost:3000/x")' };
    const admitted = path.join(place, 'admitted-addresses.json');
    await writeFile(admitted, '{"http://localhost": "The router parses paths against it and calls nobody."}');
    await expect(built(files)).rejects.toThrow(/an address that belongs[\s\S]*index\.js:2: http:\/\/localhost:3000\/x/);
    await writeFile(admitted, '{"http://localhost": ""}');
    await expect(built(files)).rejects.toThrow(/no object of addresses and reasons: give the reason/);
    await writeFile(admitted, 'http://localhost');
    await expect(built(files)).rejects.toThrow(/no object of addresses and reasons/);
  });

  it('is not judged by its source maps', async () => {
    await built({ 'index.js': readsConfiguration, 'index.js.map': '{"sources":["http://localhost:5173/x.ts"]}' });
  });
});

describe('an address in a text for browsers', () => {
  it.each([
    ['http://127.0.0.1:8080', /machine of the team/],
    ['http://[::1]:8080/api', /machine of the team/],
    ['http://0.0.0.0:3000', /machine of the team/],
    ['https://10.20.30.40/api', /machine of the team/],
    ['http://172.16.0.9', /machine of the team/],
    ['http://192.168.1.20:8000', /machine of the team/],
    ['http://shop.localhost', /machine of the team/],
    ['http://order.cloudmart.svc:8003', /pods of the cluster/],
    ['order.cloudmart.svc.cluster.local:50053', /pods of the cluster/],
    ['ip-10-0-0-1.ec2.internal', undefined],
    ['http://ip-10-0-0-1.ec2.internal', /pods of the cluster/],
    ['http://api-gateway:8080', /without a dot/],
    ['http://k8s-cloudmar-1234.us-east-1.elb.amazonaws.com', /resource of one deployment/],
    ['https://a1b2.execute-api.us-east-1.amazonaws.com/prod', /resource of one deployment/],
    ['https://abc.lambda-url.us-east-1.on.aws/', /resource of one deployment/],
    ['https://shop.staging.cloudmart.example/api/v1', /ties the build to staging/],
    ['https://api.example.org/v1', /absolute address of an API/],
    ['wss://shop.example.org/api/v1/events', /absolute address of an API/],
    ['http:\\/\\/localhost:8080\\/api', /machine of the team/],
    ['https://172.32.0.1/', undefined],
    ['https://www.example.org/privacy', undefined],
    ['https://js.stripe.com/v3/', undefined],
    ['http://www.w3.org/1999/xhtml', undefined],
    ['/api/v1/products', undefined],
  ])('%s is judged by where it leads', (address, reason) => {
    const found = addressesIn(`"use strict";\nconst a = "${address}";`);
    expect(found).toEqual(
      reason ? [{ line: 2, address: address.replaceAll('\\/', '/'), reason: expect.stringMatching(reason) }] : [],
    );
  });
});

describe('the configuration of a site', () => {
  it('names paths of its own origin in every environment, and nothing that a build would be refused for', () => {
    for (const environment of environments) {
      const { api, assistant, ...rest } = siteConfigOf(environment.name);
      expect([api, assistant]).toEqual(['/api/v1', '/api/ai']);
      expect(rest).toEqual({ environment: environment.name });
    }
  });
});
