import { PerfwatchError, type Identity } from '@perfwatch/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDependencies, HttpServer } from './server.ts';

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;
const CHALLENGE = 'Bearer realm="PerfWatch"';

/** The token of an Authorization header, RFC 6750; null when there is none. Throws PerfwatchError('unauthorized') for another kind. */
export function bearerToken(header: string | undefined): string | null {
  if (header === undefined) return null;
  const token = BEARER.exec(header)?.[1];
  if (token !== undefined) return token;
  throw new PerfwatchError('unauthorized', 'The Authorization header is not a bearer token', {
    hint: 'Send "Authorization: Bearer <token>" with a token from POST /api/auth/login.',
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

/** Lets nobody in without a valid token, unless the route says so itself. */
export function requireTokens(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store');
    const access = request.routeOptions.config.access ?? 'user';
    if (access === 'anyone') return;
    const token = bearerToken(request.headers.authorization);
    if (token === null) {
      throw new PerfwatchError('unauthorized', 'This needs a log-in', {
        hint: 'Send "Authorization: Bearer <token>" with a token from POST /api/auth/login.',
      });
    }
    const identity = await call('auth.verify', { token });
    if (access === 'admin' && identity.role !== 'admin') {
      throw new PerfwatchError('forbidden', 'Only an administrator may do this');
    }
    request.identity = identity;
  });
}
