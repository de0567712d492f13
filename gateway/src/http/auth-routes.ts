import { meSchema, passwordChangeSchema, preferencesSchema } from '@perfwatch/contract';
import { actorOf, identityOf } from './authorization.ts';
import { bearerSecurity, HASHING_PATIENCE, noContentSchema, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['auth'];

/** The rest of `/api/auth/*`: who am I, change of password, preferences. */
export function authRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/auth/me',
    schema: {
      operationId: 'me',
      tags,
      summary: 'Who this token belongs to, and until when',
      security: bearerSecurity,
      response: { 200: meSchema, ...problemResponses },
    },
    handler: (request) => call('auth.me', { identity: identityOf(request) }),
  });
  server.route({
    method: 'PUT',
    url: '/api/auth/password',
    schema: {
      operationId: 'changePassword',
      tags,
      summary: 'Change your password; ends every other session of yours',
      security: bearerSecurity,
      body: passwordChangeSchema,
      response: { 204: noContentSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      await call('auth.changePassword', { ...request.body, identity: identityOf(request), by: actorOf(request) }, HASHING_PATIENCE);
      return reply.code(204).send();
    },
  });
  preferenceRoutes(server, { call });
}

/** Everyone's own. */
function preferenceRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  const url = '/api/auth/preferences';
  const response = { 200: preferencesSchema, ...problemResponses };
  server.route({
    method: 'GET',
    url,
    schema: {
      operationId: 'preferences',
      tags,
      summary: 'How you want to see things, as far as you have chosen',
      security: bearerSecurity,
      response,
    },
    handler: (request) => call('auth.preferences', { identity: identityOf(request) }),
  });
  server.route({
    method: 'PUT',
    url,
    schema: {
      operationId: 'setPreferences',
      tags,
      summary: 'Change what you name, keep the rest',
      security: bearerSecurity,
      body: preferencesSchema,
      response,
    },
    handler: (request) => call('auth.setPreferences', { identity: identityOf(request), change: request.body }),
  });
}
