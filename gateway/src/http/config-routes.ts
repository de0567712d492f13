import { configSchema, configUpdateSchema } from '@perfwatch/contract';
import { actorOf } from './authorization.ts';
import { bearerSecurity, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['config'];

/** `/api/config`: how often to sample, which collectors run. */
export function configRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/config',
    schema: {
      operationId: 'config',
      tags,
      summary: 'Sampling interval and collectors: the defaults, and what each host has of its own',
      security: bearerSecurity,
      response: { 200: configSchema, ...problemResponses },
    },
    handler: () => call('settings.get', {}),
  });
  server.route({
    method: 'PUT',
    url: '/api/config',
    config: { access: 'admin' },
    schema: {
      operationId: 'updateConfig',
      tags,
      summary: 'Change them, for all hosts or for one; applied live. Administrators only',
      security: bearerSecurity,
      body: configUpdateSchema,
      response: { 200: configSchema, ...problemResponses },
    },
    handler: (request) => call('settings.update', { ...request.body, by: actorOf(request) }),
  });
}
