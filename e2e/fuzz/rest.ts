import { z } from 'zod';
import { SeededRandom } from '../soak-random.ts';
import { HostileValues } from './hostile-values.ts';
import { forEachAtOnce, Sender, type Sent } from './send.ts';
import { Tally } from './tally.ts';
import type { FuzzTarget } from './target.ts';

const AT_ONCE = 8;
/** Each costs a bcrypt hash of some 0.3 s, or sets what is kept for how long for everybody: a few of them will do. */
const COSTLY = /^(POST \/api\/(auth\/login|users|retention\/cleanup)|PUT \/api\/auth\/password|PATCH \/api\/users)/;
const COSTLY_SHARE = 0.02;
const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/xml',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];

const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
        requestBody: z.object({ content: z.record(z.string(), z.object({ example: z.unknown().optional() })) }).optional(),
      }),
    ),
  ),
});

interface Operation {
  method: string;
  path: string;
  queryNames: string[];
  example: unknown;
}

async function operationsOf(url: string): Promise<Operation[]> {
  const { paths } = documentSchema.parse(await (await fetch(`${url}/api/openapi.json`)).json());
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { parameters, requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      queryNames: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
      example: requestBody?.content['application/json']?.example ?? null,
    })),
  );
}

/** What is sensible at times, so that not all fails at the first parameter. */
const LIKELY: Readonly<Record<string, string>> = {
  ...{ metric_type: 'cpu', host: 'e2e-host', fields: '*', interval: 'auto', period: 'hour', compare_to: 'previous', format: 'csv' },
  ...{ start_time: '2026-11-23T19:00:00Z', end_time: '2026-11-23T20:00:00Z', limit: '10', agg: 'avg', action: 'login' },
};

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

function pathWith({ path, queryNames }: Operation, values: HostileValues): string {
  const filled = path.replace(/\{\w+\}/g, () =>
    values.chance(0.3) ? '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11' : encoded(values.text()) || '%00',
  );
  const query = queryNames.flatMap((name) => {
    if (values.chance(0.35)) return [];
    const value = values.chance(0.6) ? (LIKELY[name] ?? values.text()) : values.text();
    const pair = `${name}=${encoded(value)}`;
    return values.chance(0.1) ? [pair, pair] : [pair];
  });
  if (values.chance(0.1)) query.push(`${encoded(values.text())}=${encoded(values.text())}`);
  if (values.chance(0.02)) query.push('%', '%zz=%c0%af', '&&&=');
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

function hostileRequest(operation: Operation, values: HostileValues, token: string): Sent {
  const method = values.chance(0.95) ? operation.method : values.pick(METHODS, 'GET');
  const hasBody = !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);
  const body = hasBody && values.chance(0.95) ? values.body(operation.example) : undefined;
  const type = values.chance(0.9) ? 'application/json' : values.pick(CONTENT_TYPES, 'text/plain');
  return {
    method,
    path: pathWith(operation, values),
    headers: {
      authorization: `Bearer ${token}`,
      'x-forwarded-for': values.address(),
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': String(body.length) }),
    },
    body,
  };
}

/** Bodies and queries that the API's own description leads to. */
export async function fuzzRest({ system, seed, count, tokens }: FuzzTarget): Promise<Tally> {
  const tally = new Tally('REST');
  const values = new HostileValues(new SeededRandom(seed));
  const sender = new Sender(system.url, { maxSockets: AT_ONCE });
  const operations = await operationsOf(system.url);
  const cheap = operations.filter(({ method, path }) => !COSTLY.test(`${method} ${path}`));
  try {
    await forEachAtOnce(count, AT_ONCE, async (index) => {
      const operation = values.pick(values.chance(COSTLY_SHARE) ? operations : cheap, operations[0]);
      if (operation === undefined) return;
      const sent = hostileRequest(operation, values, tokens[index % tokens.length] ?? '');
      const what = `${sent.method} ${sent.path.slice(0, 300)} ${sent.body?.toString('latin1').slice(0, 300) ?? ''}`;
      await sender.send(sent).then(
        (answer) => tally.answered(what, answer),
        (error: unknown) => tally.fault(`${what} is not answered: ${String(error)}`),
      );
    });
  } finally {
    sender.close();
  }
  if (operations.length < 30) tally.fault(`the API describes ${operations.length} operations only`);
  return tally;
}
