import { createLogger } from '@perfwatch/service-kit';
import formats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHttpServer } from './create-http-server.ts';
import type { HttpServer } from './server.ts';

const unused = () => Promise.reject(new Error('the documents need no service'));
let server: HttpServer;
beforeAll(async () => {
  server = await createHttpServer({
    call: unused,
    clusterHealth: unused,
    cluster: unused,
    streamState: unused,
    subscribeSamples: () => ({ stop: () => Promise.resolve() }),
    liveState: () => ({ connections: 0, subscriptions: 0 }),
    busState: () => ({ connected: true, reason: null }),
    log: createLogger({ level: 'fatal', name: 'test', pretty: false }),
    dashboardDir: '/nonexistent',
    basePath: '/',
    metricsOpen: false,
  });
});
afterAll(() => server.close());

const read = async (url: string): Promise<unknown> => (await server.inject({ url })).json();
const anyObject = z.record(z.string(), z.unknown());

/** What a JSON pointer such as `#/components/schemas/Sample` leads to; undefined where it leads nowhere. */
function follow(document: unknown, reference: string): unknown {
  const steps = reference
    .slice(2)
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce<unknown>((at, step) => anyObject.safeParse(at).data?.[step], document);
}

const referencesIn = (document: unknown): string[] =>
  [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference = '']) => reference);

const newAjv = () => formats.default(new Ajv2020({ strict: false, allErrors: true }));

describe('/api/asyncapi.json', () => {
  const message = z.object({ name: z.string(), contentType: z.literal('application/json'), payload: anyObject });
  const channel = z.object({ address: z.string(), parameters: anyObject, messages: anyObject });
  const documentSchema = z.object({
    asyncapi: z.literal('3.0.0'),
    info: z.object({ title: z.string(), version: z.string() }),
    servers: z.record(z.string(), z.object({ host: z.string(), protocol: z.literal('nats') })),
    channels: z.record(z.string(), channel),
    operations: z.record(z.string(), z.object({ action: z.enum(['send', 'receive']), channel: z.object({ $ref: z.string() }) })),
    components: z.object({ messages: z.record(z.string(), message) }),
  });

  it('is an AsyncAPI document in which every reference leads somewhere and every parameter is told of', async () => {
    const json = await read('/api/asyncapi.json');
    const { channels } = documentSchema.parse(json);
    for (const reference of referencesIn(json).filter((one) => !one.includes('$defs'))) expect(follow(json, reference)).toBeDefined();
    for (const { address, parameters } of Object.values(channels)) {
      expect([...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(Object.keys(parameters));
    }
  });

  it('has payloads that are JSON schemas, and take what is sent', async () => {
    const { components } = documentSchema.parse(await read('/api/asyncapi.json'));
    const ajv = newAjv();
    const takes = (name: string, value: unknown) => ajv.compile(components.messages[name]?.payload ?? false)(value);
    const ts = '2026-11-25T10:00:00.000Z';
    const metrics = { usage_percent: 1.5, core: { '0': { usage_percent: null } } };
    expect(takes('metrics', { host: 'web-1', collector: 'cpu', ts, metrics })).toBe(true);
    expect(takes('metrics', { host: 'web 1', collector: 'cpu', ts, metrics })).toBe(false);
    expect(takes('metrics', { host: 'web-1', collector: 'cpu', ts: 'noon', metrics })).toBe(false);
    expect(takes('annotations', { ts, title: 'Deploy' })).toBe(true);
    expect(takes('host', { host: 'web-1', ts, cpu: { threads_count: 1.5 } })).toBe(false);
    const metric = { title: 'Busy', unit: 'percent', kind: 'rate' };
    expect(takes('catalog', { host: 'web-1', collector: 'cpu', ts, title: 'CPU', metrics: { usage_percent: metric } })).toBe(true);
    expect(
      takes('catalog', { host: 'web-1', collector: 'cpu', ts, title: 'CPU', metrics: { usage_percent: { ...metric, unit: 'miles' } } }),
    ).toBe(false);
  });
});

describe('/api/openapi.json', () => {
  const media = z.object({ schema: anyObject.optional(), example: z.unknown().optional() });
  const content = z.object({ content: z.record(z.string(), media).optional() });
  const parameter = z.object({ name: z.string(), in: z.enum(['path', 'query', 'header', 'cookie']), schema: anyObject });
  const operation = z.object({
    operationId: z.string(),
    tags: z.array(z.string()).min(1),
    summary: z.string(),
    parameters: z.array(parameter).default([]),
    requestBody: content.optional(),
    responses: z.record(z.string().regex(/^[1-5](\d\d|XX)$/), content.extend({ description: z.string() })),
  });
  const documentSchema = z.object({
    openapi: z.literal('3.1.0'),
    tags: z.array(z.object({ name: z.string() })),
    paths: z.record(z.string().startsWith('/'), z.record(z.enum(['get', 'put', 'post', 'delete', 'patch']), operation.optional())),
    components: z.object({ schemas: anyObject }),
  });
  const operationsIn = ({ paths }: z.infer<typeof documentSchema>) =>
    Object.entries(paths).flatMap(([path, item]) => Object.values(item).flatMap((one) => (one === undefined ? [] : [{ ...one, path }])));

  it('is an OpenAPI document: references lead somewhere, tags are told of, path parameters are those of the path, names are unique', async () => {
    const json = await read('/api/openapi.json');
    const document = documentSchema.parse(json);
    for (const reference of referencesIn(json)) expect(follow(json, reference), reference).toBeDefined();
    const tags = new Set(document.tags.map(({ name }) => name));
    const operations = operationsIn(document);
    for (const { path, parameters, tags: own } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(
        parameters.filter((one) => one.in === 'path').map(({ name }) => name),
        path,
      ).toEqual(named);
      expect(
        own.filter((tag) => !tags.has(tag)),
        path,
      ).toEqual([]);
    }
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('has JSON schemas that can be used, and examples that fit them', async () => {
    const json = await read('/api/openapi.json');
    const document = documentSchema.parse(json);
    const ajv = newAjv();
    ajv.addSchema({ $id: 'https://perfwatch.invalid/api', components: document.components });
    const absolute = (schema: object): object =>
      anyObject.parse(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"https://perfwatch.invalid/api#/components/')));
    const bodies = operationsIn(document).flatMap(({ operationId, requestBody, responses }) =>
      [requestBody, ...Object.values(responses)].flatMap((body) =>
        Object.values(body?.content ?? {}).map((one) => ({ operationId, ...one })),
      ),
    );
    let examples = 0;
    for (const { operationId, schema, example } of bodies) {
      const validate = ajv.compile(absolute(schema ?? {}));
      if (example === undefined) continue;
      examples++;
      expect(validate(example) ? null : validate.errors, operationId).toBeNull();
    }
    expect(examples).toBeGreaterThan(20);
    const takesHost = ajv.compile(absolute({ $ref: '#/components/schemas/Host' }));
    expect(takesHost({ host: 'web 1' })).toBe(false);
  });
});
