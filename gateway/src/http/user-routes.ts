import { newUserSchema, userRecordSchema, usersReplySchema, userUpdateSchema } from '@perfwatch/contract';
import { z } from 'zod';
import { actorOf } from './authorization.ts';
import { bearerSecurity, HASHING_PATIENCE, noContentSchema, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['users'];
const config = { access: 'admin' } as const;
const security = bearerSecurity;
const params = z.object({ id: z.uuid('must be the id of a user, a UUID') });

/** `/api/users`: who may log in, and as what. Administrators only. */
export function userRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/users',
    config,
    schema: {
      operationId: 'users',
      tags,
      summary: 'Who may log in, by name. Administrators only',
      security,
      response: { 200: usersReplySchema, ...problemResponses },
    },
    handler: () => call('auth.listUsers', {}),
  });
  server.route({
    method: 'POST',
    url: '/api/users',
    config,
    schema: {
      operationId: 'addUser',
      tags,
      summary: 'Adds a user. Administrators only',
      security,
      body: newUserSchema,
      response: { 201: userRecordSchema, ...problemResponses },
    },
    handler: async (request, reply) =>
      reply.code(201).send(await call('auth.addUser', { ...request.body, by: actorOf(request) }, HASHING_PATIENCE)),
  });
  server.route({
    method: 'PATCH',
    url: '/api/users/:id',
    config,
    schema: {
      operationId: 'updateUser',
      tags,
      summary: 'Another role or password; ends every session of the user. Administrators only',
      security,
      params,
      body: userUpdateSchema,
      response: { 200: userRecordSchema, ...problemResponses },
    },
    handler: (request) => call('auth.updateUser', { ...request.body, id: request.params.id, by: actorOf(request) }, HASHING_PATIENCE),
  });
  server.route({
    method: 'DELETE',
    url: '/api/users/:id',
    config,
    schema: {
      operationId: 'removeUser',
      tags,
      summary: 'Removes a user with their API tokens; ends every session of theirs. Administrators only',
      security,
      params,
      response: { 204: noContentSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      await call('auth.removeUser', { id: request.params.id, by: actorOf(request) });
      return reply.code(204).send();
    },
  });
}
