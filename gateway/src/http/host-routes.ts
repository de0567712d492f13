import { catalogReplySchema, hostSchema, hostsReplySchema } from '@perfwatch/contract';
import { bearerSecurity, problemResponses, trustReply } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['hosts'];
const hostParamSchema = hostSchema.pick({ host: true });
const catalogQuerySchema = hostParamSchema.partial();

/** `/api/hosts` and `/api/catalog`: what there is to see. */
export function hostRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/hosts',
    serializerCompiler: trustReply,
    schema: {
      operationId: 'hosts',
      tags,
      summary: 'Hosts, with last sample, status of each collector and inventory',
      security: bearerSecurity,
      response: { 200: hostsReplySchema, ...problemResponses },
    },
    handler: () => call('history.hosts', {}),
  });
  server.route({
    method: 'GET',
    url: '/api/hosts/:host',
    schema: {
      operationId: 'host',
      tags,
      summary: 'One host',
      security: bearerSecurity,
      params: hostParamSchema,
      response: { 200: hostSchema, ...problemResponses },
    },
    handler: ({ params }) => call('history.host', params),
  });
  server.route({
    method: 'GET',
    url: '/api/catalog',
    serializerCompiler: trustReply,
    schema: {
      operationId: 'catalog',
      tags,
      summary: 'What each collector measures: metrics, dimensions, instances, units, availability',
      security: bearerSecurity,
      querystring: catalogQuerySchema,
      response: { 200: catalogReplySchema, ...problemResponses },
    },
    handler: ({ query }) => call('history.catalog', query),
  });
}
