import {
  annotationRecordSchema,
  annotationsReplySchema,
  auditReplySchema,
  apiTokensReplySchema,
  catalogReplySchema,
  compareReplySchema,
  configSchema,
  configUpdateSchema,
  createdApiTokenSchema,
  historyReplySchema,
  historyTypesReplySchema,
  hostSchema,
  hostsReplySchema,
  loginReplySchema,
  loginRequestSchema,
  meSchema,
  newAnnotationSchema,
  newApiTokenSchema,
  newUserSchema,
  passwordChangeSchema,
  preferencesSchema,
  readinessSchema,
  retentionReplySchema,
  retentionRunSchema,
  retentionUpdateSchema,
  sessionsReplySchema,
  systemReplySchema,
  userRecordSchema,
  usersReplySchema,
  userUpdateSchema,
} from '@perfwatch/contract';
import { z } from 'zod';
import { auditExample } from './audit-examples.ts';
import { apiTokenExample, preferencesExample, sessionExample, userExample } from './account-examples.ts';
import { systemExample } from './system-example.ts';
import { annotationExample, compareExample, historyExample, retentionExample, retentionRunExample } from './history-examples.ts';

interface Example {
  schema: z.ZodType;
  value: unknown;
}

interface OperationExamples {
  request?: Example;
  /** Of the 200 or 201. */
  response?: Example;
}

const TIME = '2026-11-23T19:20:31.000Z';

const host = {
  host: 'web-1',
  first_seen: '2026-11-01T08:00:00.000Z',
  last_sample: TIME,
  collectors: [{ collector: 'cpu', status: 'ok', reason: null, last_sample: TIME, interval_ms: 1000 }],
  inventory: { host: 'web-1', ts: TIME, hostname: 'web-1', kernel: '6.1.0-28-amd64', architecture: 'x64' },
};

const config = {
  interval_ms: 1000,
  collectors: { memory: { enabled: true } },
  perf_events: { cpus: 'all', groups: ['software', 'core', 'l1d', 'llc', 'dtlb', 'itlb', 'power'], per_core: true },
  hosts: { 'web-1': { interval_ms: 500 } },
  updated_at: TIME,
};

const catalogEntry = {
  host: 'web-1',
  collector: 'cpu',
  ts: TIME,
  title: 'CPU',
  metrics: { usage_percent: { title: 'Busy', unit: 'percent', kind: 'rate', source: '/proc/stat' } },
  dimensions: { core: { title: 'CPU core', metrics: { usage_percent: { title: 'Busy', unit: 'percent', kind: 'rate' } } } },
  instances: { core: ['0', '1'] },
  status: 'ok',
  reason: null,
};

/** An example of each body, by operation. A test holds each to its schema. */
export const EXAMPLES: Readonly<Record<string, OperationExamples>> = {
  audit: { response: { schema: auditReplySchema, value: auditExample } },
  login: {
    request: { schema: loginRequestSchema, value: { username: 'admin', password: 'correct horse battery staple' } },
    response: { schema: loginReplySchema, value: { access_token: 'eyJhbGciOiJIUzI1NiJ9...', token_type: 'Bearer', expires_in: 86_400 } },
  },
  refresh: {
    response: { schema: loginReplySchema, value: { access_token: 'eyJhbGciOiJIUzI1NiJ9...', token_type: 'Bearer', expires_in: 900 } },
  },
  sessions: { response: { schema: sessionsReplySchema, value: { sessions: [sessionExample] } } },
  me: {
    response: { schema: meSchema, value: { id: '0193…', username: 'admin', role: 'admin', expires_at: TIME, scope: null } },
  },
  changePassword: {
    request: {
      schema: passwordChangeSchema,
      value: { current_password: 'correct horse battery staple', new_password: 'an even better one' },
    },
  },
  preferences: { response: { schema: preferencesSchema, value: preferencesExample } },
  setPreferences: {
    request: { schema: preferencesSchema, value: { theme: 'light' } },
    response: { schema: preferencesSchema, value: { ...preferencesExample, theme: 'light' } },
  },
  hosts: { response: { schema: hostsReplySchema, value: { hosts: [host] } } },
  host: { response: { schema: hostSchema, value: host } },
  catalog: { response: { schema: catalogReplySchema, value: { collectors: [catalogEntry] } } },
  historyMetrics: { response: { schema: historyReplySchema, value: historyExample } },
  historyTypes: { response: { schema: historyTypesReplySchema, value: { types: [{ metric_type: 'cpu', hosts: ['web-1'] }] } } },
  historyCompare: { response: { schema: compareReplySchema, value: compareExample } },
  annotations: { response: { schema: annotationsReplySchema, value: { annotations: [annotationExample] } } },
  annotate: {
    request: { schema: newAnnotationSchema, value: { host: 'web-1', title: 'Deploy 4.2.1', text: 'by ci', tags: ['deploy'] } },
    response: { schema: annotationRecordSchema, value: annotationExample },
  },
  retention: { response: { schema: retentionReplySchema, value: retentionExample } },
  updateRetention: {
    request: { schema: retentionUpdateSchema, value: { downsample_after_days: 14, retention_days: 90, dry_run: true } },
    response: { schema: retentionReplySchema, value: retentionExample },
  },
  cleanUp: { response: { schema: retentionRunSchema, value: retentionRunExample } },
  config: { response: { schema: configSchema, value: config } },
  updateConfig: {
    request: {
      schema: configUpdateSchema,
      value: { interval_ms: 500, collectors: { memory: { enabled: false } }, perf_events: { cpus: '0-3,8' } },
    },
    response: { schema: configSchema, value: config },
  },
  users: { response: { schema: usersReplySchema, value: { users: [userExample] } } },
  addUser: {
    request: { schema: newUserSchema, value: { username: 'grace', password: 'correct horse battery staple', role: 'viewer' } },
    response: { schema: userRecordSchema, value: userExample },
  },
  updateUser: {
    request: { schema: userUpdateSchema, value: { role: 'admin' } },
    response: { schema: userRecordSchema, value: { ...userExample, role: 'admin' } },
  },
  tokens: { response: { schema: apiTokensReplySchema, value: { tokens: [apiTokenExample] } } },
  createToken: {
    request: { schema: newApiTokenSchema, value: { name: 'deploy pipeline', scope: 'annotate', expires_in_days: 90 } },
    response: { schema: createdApiTokenSchema, value: { ...apiTokenExample, token: 'pw_…' } },
  },
  system: { response: { schema: systemReplySchema, value: systemExample } },
  ready: {
    response: { schema: readinessSchema, value: { status: 'ready', dependencies: { nats: { up: true, reason: null } } } },
  },
};

const mediaSchema = z.looseObject({ content: z.looseObject({ 'application/json': z.looseObject({}) }) });
const operationSchema = z.looseObject({
  operationId: z.string(),
  requestBody: mediaSchema.optional(),
  responses: z.looseObject({}),
});

const SUCCESS = new Set(['200', '201']);

function withExample(media: unknown, example: Example | undefined): unknown {
  const parsed = mediaSchema.safeParse(media);
  if (example === undefined || !parsed.success) return media;
  const json = { ...parsed.data.content['application/json'], example: example.value };
  return { ...parsed.data, content: { ...parsed.data.content, 'application/json': json } };
}

function withExamples(operation: unknown): unknown {
  const parsed = operationSchema.safeParse(operation);
  if (!parsed.success) return operation;
  const { requestBody, responses, operationId } = parsed.data;
  const examples = EXAMPLES[operationId];
  return {
    ...parsed.data,
    ...(requestBody === undefined ? {} : { requestBody: withExample(requestBody, examples?.request) }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, media]) => [status, SUCCESS.has(status) ? withExample(media, examples?.response) : media]),
    ),
  };
}

/** The OpenAPI document with `EXAMPLES` at their operations. */
export function addExamples<D extends { paths?: object | undefined }>(document: D): D {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]: [string, unknown]) => {
    const operations = Object.entries(z.looseObject({}).parse(item)).map(
      ([method, operation]) => [method, withExamples(operation)] as const,
    );
    return [path, Object.fromEntries(operations)] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}
