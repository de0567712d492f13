import {
  compareQuerySchema,
  compareReplySchema,
  exportQuerySchema,
  historyOfHostsReplySchema,
  historyQuerySchema,
  historyReplySchema,
  historyTypesReplySchema,
  type ExportQuery,
} from '@perfwatch/contract';
import { z } from 'zod';
import { bearerSecurity, describedOnly, problemResponses, trustReply } from './responses.ts';
import { sendPages } from './send-pages.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['history'];
/** A little longer than the service takes at most before it gives up by itself and says why. */
const HISTORY_TIMEOUT_MS = 20_000;
const patient = { timeoutMs: HISTORY_TIMEOUT_MS };

const fileSchema = describedOnly(z.string());
const exportResponse = {
  description: 'The file, sent as it is read',
  content: { 'text/csv': { schema: fileSchema }, 'application/x-ndjson': { schema: fileSchema } },
};
const CONTENT_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

/** `perfwatch-web-1-cpu-20261123T192031Z.csv`; of several hosts, how many. */
function fileNameOf({ host, metric_type, format }: ExportQuery, nowMs: number): string {
  const hosts = [host ?? []].flat().flatMap((names) => names.split(','));
  const [only] = hosts;
  const part = only === undefined ? [] : [hosts.length === 1 ? only : `${hosts.length}-hosts`];
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${['perfwatch', ...part, metric_type, time].join('-')}.${format}`;
}

/** `/api/history/*`: what was stored. */
export function historyRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/history/metrics',
    config: { isExpensive: true },
    schema: {
      operationId: 'historyMetrics',
      tags,
      summary: 'Points of one collector over a range of time, raw or aggregated',
      security: bearerSecurity,
      // Without the contract's id: OpenAPI has each parameter by itself, not a reference to all of them.
      querystring: z.object(historyQuerySchema.shape),
      response: { 200: describedOnly(z.union([historyReplySchema, historyOfHostsReplySchema])), ...problemResponses },
    },
    handler: ({ query }, reply) =>
      sendPages(reply, {
        headers: { 'content-type': 'application/json; charset=utf-8' },
        ask: (cursor) => call('history.query', { ...query, cursor }, patient),
      }),
  });
  server.route({
    method: 'GET',
    url: '/api/history/export',
    config: { isExpensive: true },
    schema: {
      operationId: 'historyExport',
      tags,
      summary: 'The same selection as a CSV or NDJSON file, of any length',
      security: bearerSecurity,
      querystring: z.object(exportQuerySchema.shape),
      response: { 200: exportResponse, ...problemResponses },
    },
    handler: ({ query }, reply) =>
      sendPages(reply, {
        headers: {
          'content-type': CONTENT_TYPES[query.format],
          'content-disposition': `attachment; filename="${fileNameOf(query, Date.now())}"`,
        },
        ask: (cursor) => call('history.export', { ...query, cursor }, patient),
      }),
  });
  server.route({
    method: 'GET',
    url: '/api/history/compare',
    config: { isExpensive: true },
    serializerCompiler: trustReply,
    schema: {
      operationId: 'historyCompare',
      tags,
      summary: 'What changed between two stretches of time, the clearest change first',
      security: bearerSecurity,
      querystring: z.object(compareQuerySchema.shape),
      response: { 200: compareReplySchema, ...problemResponses },
    },
    handler: ({ query }) => call('history.compare', query, patient),
  });
  server.route({
    method: 'GET',
    url: '/api/history/metrics/types',
    schema: {
      operationId: 'historyTypes',
      tags,
      summary: 'Collectors that have history, and on which hosts',
      security: bearerSecurity,
      response: { 200: historyTypesReplySchema, ...problemResponses },
    },
    handler: () => call('history.types', {}),
  });
}
