import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { problemSchema } from '../../contracts/http/problem.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

type Schema = { readonly example?: unknown; readonly type?: string };
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
type Parameter = {
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
};
type Operation = {
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
  readonly parameters?: readonly Parameter[];
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: { readonly Problem: Schema } };
};

let gateway: RunningGateway;
let document: Document;
let operations: readonly (readonly [name: string, operation: Operation])[];
beforeAll(async () => {
  gateway = await startGateway();
  document = (await gateway.http.inject('/openapi.json')).json();
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  );
});
afterAll(() => gateway.stop());

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
// Of RFC 6531, which ajv-formats leaves out; what an address may be is tested beside its schema.
ajv.addFormat('idn-email', /^[^\s@]+@[^\s@]+$/u);
const faultsOf = (schema: Schema, example: unknown) => (ajv.validate(schema, example) ? [] : ajv.errors);

const json = 'application/json';
/** What is sent and answered as JSON, by door. */
const contents = () =>
  operations.flatMap(([name, { requestBody, responses }]) => [
    ...(requestBody?.content[json] ? [[`body of ${name}`, requestBody.content[json].schema] as const] : []),
    ...Object.entries(responses).flatMap(([status, { content }]) =>
      content?.[json] ? [[`${status} of ${name}`, content[json].schema] as const] : [],
    ),
  ]);

describe('the description of the shop', () => {
  it('has an example of every body and answer, which its own schema accepts', () => {
    expect(contents().length).toBeGreaterThan(50);
    const without = contents().filter(([, { example }]) => example === undefined);
    expect(without.map(([name]) => name)).toEqual([]);
    for (const [name, schema] of contents()) expect([name, faultsOf(schema, schema.example)]).toEqual([name, []]);
  });

  it('has an example of every part of a path and header that a request cannot do without', () => {
    const required = operations.flatMap(([name, { parameters = [] }]) =>
      parameters.filter((parameter) => parameter.required).map((parameter) => [name, parameter] as const),
    );
    expect(required.length).toBeGreaterThan(10);
    for (const [name, { name: part, schema, example = schema.example }] of required)
      expect([name, part, typeof example, faultsOf(schema, example)]).toEqual([name, part, 'string', []]);
  });

  it('shows how every door says no', () => {
    expect(problemSchema.strict().safeParse(document.components.schemas.Problem.example).error).toBeUndefined();
  });

  it('names every answer', () => {
    const described = operations.flatMap(([, { responses }]) => Object.values(responses).map((one) => one.description));
    expect([...new Set(described)].toSorted()).toEqual([
      'A problem; its code is stable.',
      'Created',
      'No Content',
      'OK',
      'Service Unavailable',
    ]);
  });
});
