import { PerfwatchError, type Actor, type Identity } from '@perfwatch/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestLimits } from './request-limits.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;
const CHALLENGE = 'Bearer realm="PerfWatch"';

/** The token of an Authorization header, RFC 6750; null when there is none. Throws PerfwatchError('unauthorized') for another kind. */
export function bearerToken(header: string | undefined): string | null {
  if (header === undefined) return null;
  const token = BEARER.exec(header)?.[1];
  if (token !== undefined) return token;
  throw new PerfwatchError('unauthorized', 'The Authorization header is not a bearer token', {
    hint: 'Send "Authorization: Bearer <token>" with a token from POST /api/auth/login, or an API token.',
  });
}

/** The challenge of a 401, RFC 6750 section 3. */
export function challengeFor(request: FastifyRequest): string {
  return request.headers.authorization === undefined ? CHALLENGE : `${CHALLENGE}, error="invalid_token"`;
}

/** Whose token came with the request. Throws when the route is not open to everyone and has not been let through. */
export function identityOf(request: FastifyRequest): Identity {
  if (request.identity === null) throw new PerfwatchError('internal', 'A route that needs an identity is open to everyone');
  return request.identity;
}

/** The same for the audit trail, with where it came from. */
export function actorOf(request: FastifyRequest): Actor {
  const { userId, username, tokenId, scope } = identityOf(request);
  return { userId, username, apiTokenId: scope === null ? null : tokenId, address: request.ip };
}

const CHANGES_NOTHING = new Set(['GET', 'HEAD']);

/** What a request asks for, as far as it decides who may. */
interface Asked {
  method: string;
  access: 'user' | 'admin';
  /** Whether a token of scope `annotate` suffices to change something. */
  isAnnotating: boolean;
}

/** Throws PerfwatchError('forbidden') when the role, or the scope of an API token, does not reach that far. */
function checkReach({ role, scope }: Identity, { method, access, isAnnotating }: Asked): void {
  if (access === 'admin' && role !== 'admin') {
    throw new PerfwatchError('forbidden', 'Only an administrator may do this', { hint: 'Ask one to do it, or to make you one.' });
  }
  const reaches = scope === null || scope === 'admin' || CHANGES_NOTHING.has(method) || (scope === 'annotate' && isAnnotating);
  if (reaches) return;
  throw new PerfwatchError('forbidden', `An API token of scope ${scope} may not do this`, {
    hint: `Use one of scope ${isAnnotating ? 'annotate or admin' : 'admin'}.`,
  });
}

/** Lets nobody in without a valid token, unless the route says so itself. */
export function requireTokens(server: HttpServer, { call, limits }: Pick<HttpDependencies, 'call'> & { limits: RequestLimits }): void {
  server.addHook('onRoute', (route) => {
    route.config = { ...route.config, isIdentified: true };
  });
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store');
    const { access = 'user', strangerPerMinute } = request.routeOptions.config;
    const { authorization } = request.headers;
    if (access === 'anyone') {
      const { url } = request.routeOptions;
      if (strangerPerMinute === undefined || url === undefined) limits.takeStranger(request.ip);
      else limits.takeRoute(request.ip, { url, perMinute: strangerPerMinute });
      return;
    }
    if (authorization === undefined || !BEARER.test(authorization)) limits.takeStranger(request.ip);
    const token = bearerToken(authorization);
    if (token === null) {
      throw new PerfwatchError('unauthorized', 'This needs a log-in', {
        hint: 'Send "Authorization: Bearer <token>" with a token from POST /api/auth/login, or an API token.',
      });
    }
    const identity = await limits.identify({ token, address: request.ip, verify: () => call('auth.verify', { token }) });
    request.identity = identity;
    try {
      checkReach(identity, { method: request.method, access, isAnnotating: request.routeOptions.config.isAnnotating ?? false });
    } catch (error) {
      const { userId, scope } = identity;
      request.log.warn({ userId, scope, method: request.method, route: request.routeOptions.url, address: request.ip }, 'not permitted');
      throw error;
    }
  });
}
