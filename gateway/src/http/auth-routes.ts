import { loginReplySchema, loginRequestSchema, meSchema, passwordChangeSchema } from '@perfwatch/contract';
import { identityOf } from './authorization.ts';
import { bearerSecurity, noContentSchema, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

/** Coarse: the service `auth` throttles failures by user and address itself. */
const LOGINS_PER_MINUTE = 120;

const tags = ['auth'];

/** `/api/auth/*`: log-in, log-out, who am I, change of password. */
export function authRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'POST',
    url: '/api/auth/login',
    config: { access: 'anyone', rateLimit: { max: LOGINS_PER_MINUTE, timeWindow: '1 minute' } },
    schema: {
      operationId: 'login',
      tags,
      summary: 'Exchange user name and password for a token',
      body: loginRequestSchema,
      response: { 200: loginReplySchema, ...problemResponses },
    },
    handler: ({ body, ip }) => call('auth.login', { ...body, address: ip }),
  });
  server.route({
    method: 'POST',
    url: '/api/auth/logout',
    schema: {
      operationId: 'logout',
      tags,
      summary: 'End this token',
      security: bearerSecurity,
      response: { 204: noContentSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      await call('auth.logout', { identity: identityOf(request) });
      return reply.code(204).send();
    },
  });
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
      summary: 'Change your password; ends every other token of yours',
      security: bearerSecurity,
      body: passwordChangeSchema,
      response: { 204: noContentSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      await call('auth.changePassword', { ...request.body, identity: identityOf(request) });
      return reply.code(204).send();
    },
  });
}
