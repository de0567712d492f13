import { apiTokensReplySchema, createdApiTokenSchema, newApiTokenSchema } from '@perfwatch/contract';
import { z } from 'zod';
import { actorOf } from './authorization.ts';
import { bearerSecurity, noContentSchema, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['tokens'];
const config = { access: 'admin' } as const;
const security = bearerSecurity;
const params = z.object({ id: z.uuid('must be the id of an API token, a UUID') });

/** `/api/tokens`: tokens for programs. Administrators only. */
export function tokenRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/tokens',
    config,
    schema: {
      operationId: 'tokens',
      tags,
      summary: 'API tokens of every user, newest first, without their secrets. Administrators only',
      security,
      response: { 200: apiTokensReplySchema, ...problemResponses },
    },
    handler: () => call('auth.listTokens', {}),
  });
  server.route({
    method: 'POST',
    url: '/api/tokens',
    config,
    schema: {
      operationId: 'createToken',
      tags,
      summary:
        'Makes an API token, and tells it this once: read gets, annotate also sets marks, admin does what its owner may. Administrators only',
      security,
      body: newApiTokenSchema,
      response: { 201: createdApiTokenSchema, ...problemResponses },
    },
    handler: async (request, reply) => reply.code(201).send(await call('auth.createToken', { ...request.body, by: actorOf(request) })),
  });
  server.route({
    method: 'DELETE',
    url: '/api/tokens/:id',
    config,
    schema: {
      operationId: 'removeToken',
      tags,
      summary: 'Removes an API token; whoever uses it is let in no more. Administrators only',
      security,
      params,
      response: { 204: noContentSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      await call('auth.removeToken', { id: request.params.id, by: actorOf(request) });
      return reply.code(204).send();
    },
  });
}
