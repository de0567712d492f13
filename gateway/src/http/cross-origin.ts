import type { HttpServer } from './server.ts';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = 'authorization, content-type';
/** Besides those that every page may read. */
const REPLY_HEADERS = 'content-disposition, retry-after, www-authenticate';
const PREFLIGHT_KEPT_SECONDS = 600;

/**
 * Lets pages of `origins` read replies (CORS, Fetch Standard section 3.2), with a token that they have: no cookie goes with their requests.
 * Pages of any other origin but the own one get no such header, so that their browser keeps replies from them.
 */
export function allowOrigins(server: HttpServer, origins: ReadonlySet<string>): void {
  if (origins.size === 0) return;
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    reply.header('vary', 'origin');
    if (origin === undefined || !origins.has(origin)) {
      done();
      return;
    }
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', REPLY_HEADERS);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      done();
      return;
    }
    reply
      .header('access-control-allow-methods', METHODS)
      .header('access-control-allow-headers', REQUEST_HEADERS)
      .header('access-control-max-age', PREFLIGHT_KEPT_SECONDS)
      .code(204)
      .send();
  });
}
