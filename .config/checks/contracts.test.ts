import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { root } from '../../lib/checkout.ts';
import { breakingChanges, generateContracts, lintContracts, staleContracts } from './contracts.ts';

const generated = 'generated/cloudmart/toy/v1/toy.ts';
const message = (fields: string) => `syntax = "proto3";\n\npackage cloudmart.toy.v1;\n\nmessage Toy {\n${fields}\n}\n`;

let folder: string;
const writeProto = (source: string) => writeFileSync(join(folder, 'proto/cloudmart/toy/v1/toy.proto'), source);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloudmart-proto-'));
  mkdirSync(join(folder, 'proto/cloudmart/toy/v1'), { recursive: true });
  for (const name of ['buf.yaml', 'buf.gen.yaml'])
    symlinkSync(join(root, 'services/contracts', name), join(folder, name));
  writeProto(message('  string id = 1;'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('generating makes code and baseline fresh, and a second time changes nothing', async () => {
  expect(await staleContracts(folder)).toBe(`baseline.json\n${generated}`);
  expect(await generateContracts(folder)).toEqual(['baseline.json', generated]);
  expect(await staleContracts(folder)).toBe('');
  expect(await generateContracts(folder)).toEqual([]);
});

test('an edited, a missing and a leftover generated file are each stale', async () => {
  await generateContracts(folder);
  writeFileSync(join(folder, generated), `${readFileSync(join(folder, generated), 'utf8')}// edited\n`);
  writeFileSync(join(folder, 'generated/leftover.ts'), 'export const x = 1;\n');
  expect(await staleContracts(folder)).toBe(`${generated}\ngenerated/leftover.ts`);
  rmSync(join(folder, generated));
  expect(await staleContracts(folder)).toBe(`${generated}\ngenerated/leftover.ts`);
});

test('a new field is compatible and stale until it is generated', async () => {
  await generateContracts(folder);
  writeProto(message('  string id = 1;\n  string name = 2;'));
  expect(await breakingChanges(folder)).toBe('');
  expect(await staleContracts(folder)).toContain(generated);
});

test.each([
  ['a removed field', '  string name = 2;', 'Previously present field "1"'],
  ['a changed type', '  int32 id = 1;', 'changed type from "string" to "int32"'],
  ['a renumbered field', '  string id = 2;', 'Previously present field "1"'],
])('%s breaks services that run', async (_name, fields, complaint) => {
  await generateContracts(folder);
  writeProto(message(fields));
  expect(await breakingChanges(folder)).toContain(complaint);
});

test('without a baseline nothing passes as compatible', async () => {
  expect(await breakingChanges(folder)).toContain('baseline.json is missing');
});

test('a file that does not compile changes nothing and is named', async () => {
  await generateContracts(folder);
  writeProto(message('  strnig id = 1;'));
  await expect(generateContracts(folder)).rejects.toThrow('strnig');
  expect(existsSync(join(folder, generated))).toBe(true);
});

test('lint names a field that is not in snake case', async () => {
  writeProto(message('  string productId = 1;'));
  expect(await lintContracts(folder)).toContain('productId');
});
