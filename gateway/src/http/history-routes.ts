import { historyQuerySchema, historyReplySchema, historyTypesReplySchema } from '@perfwatch/contract';
import { z } from 'zod';
import { bearerSecurity, problemResponses, trustReply } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['history'];
/** Without the contract's id: OpenAPI has each parameter by itself, not a reference to all of them. */
const querySchema = z.object(historyQuerySchema.shape);

/** `/api/history/*`: what was stored. */
export function historyRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/history/metrics',
    serializerCompiler: trustReply,
    schema: {
      operationId: 'historyMetrics',
      tags,
      summary: 'Points of one collector over a range of time, raw or aggregated',
      security: bearerSecurity,
      querystring: querySchema,
      response: { 200: historyReplySchema, ...problemResponses },
    },
    handler: ({ query }) => call('history.query', query),
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
