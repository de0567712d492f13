import {
  loginReplySchema,
  loginRequestSchema,
  PerfwatchError,
  sessionsReplySchema,
  type IssuedTokens,
  type LoginReply,
} from '@perfwatch/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actorOf, identityOf } from './authorization.ts';
import { forgetRefreshToken, keepRefreshToken, refreshTokenIn, requireOwnPage } from './refresh-cookie.ts';
import { bearerSecurity, HASHING_PATIENCE, noContentSchema, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

/** Coarse: the service `auth` throttles failures by user and address itself. */
const LOGINS_PER_MINUTE = 120;
/** Every page that is opened asks once, and then every quarter of an hour; many people may share an address. */
const REFRESHES_PER_MINUTE = 600;
const MAX_USER_AGENT_LENGTH = 512;

const tags = ['auth'];
const url = '/api/auth/sessions';

const callerOf = ({ ip, headers }: FastifyRequest) => ({
  address: ip,
  userAgent: headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
});

/** What the client may see of it; the rest becomes a cookie. */
function answer(reply: FastifyReply, { refresh, ...tokens }: IssuedTokens, basePath: string): LoginReply {
  if (refresh !== null) keepRefreshToken(reply, refresh, basePath);
  return tokens;
}

/** Log-in, its renewal and its end. */
export function sessionRoutes(server: HttpServer, { call, basePath }: Pick<HttpDependencies, 'call' | 'basePath'>): void {
  server.route({
    method: 'POST',
    url: '/api/auth/login',
    config: { access: 'anyone', strangerPerMinute: LOGINS_PER_MINUTE },
    schema: {
      operationId: 'login',
      tags,
      summary: 'Exchange user name and password for a token',
      body: loginRequestSchema,
      response: { 200: loginReplySchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      if (request.body.session === 'cookie') requireOwnPage(request);
      return answer(reply, await call('auth.login', { ...request.body, ...callerOf(request) }, HASHING_PATIENCE), basePath);
    },
  });
  server.route({
    method: 'POST',
    url: '/api/auth/refresh',
    config: { access: 'anyone', strangerPerMinute: REFRESHES_PER_MINUTE },
    schema: {
      operationId: 'refresh',
      tags,
      summary: 'A new token for the cookie of a log-in with "session": "cookie", which is renewed with it. For pages of PerfWatch itself',
      security: [{ refresh_cookie: [] }],
      response: { 200: loginReplySchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      requireOwnPage(request);
      const token = refreshTokenIn(request);
      if (token === null) throw new PerfwatchError('unauthorized', 'No log-in is kept here; log in');
      return answer(reply, await call('auth.refresh', { token, ...callerOf(request) }), basePath);
    },
  });
  server.route({
    method: 'POST',
    url: '/api/auth/logout',
    schema: {
      operationId: 'logout',
      tags,
      summary: 'End the session of this token',
      security: bearerSecurity,
      response: { 204: noContentSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      await call('auth.logout', { identity: identityOf(request), by: actorOf(request) });
      forgetRefreshToken(reply, basePath);
      return reply.code(204).send();
    },
  });
  ownSessionRoutes(server, { call });
}

/** `/api/auth/sessions`: where one is logged in. Everyone's own. */
function ownSessionRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url,
    schema: {
      operationId: 'sessions',
      tags,
      summary: 'Where you are logged in: browsers first, the last used first',
      security: bearerSecurity,
      response: { 200: sessionsReplySchema, ...problemResponses },
    },
    handler: (request) => call('auth.listSessions', { identity: identityOf(request) }),
  });
  server.route({
    method: 'DELETE',
    url: `${url}/:id`,
    schema: {
      operationId: 'endSession',
      tags,
      summary: 'Log out there',
      security: bearerSecurity,
      params: z.object({ id: z.uuid('must be the id of a session, a UUID') }),
      response: { 204: noContentSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      await call('auth.endSession', { identity: identityOf(request), id: request.params.id, by: actorOf(request) });
      return reply.code(204).send();
    },
  });
}
