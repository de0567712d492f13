import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { challengeFor } from './authorization.ts';
import { connectionProblem, methodNotAllowedProblem, notFoundProblem, PROBLEM_TYPE, problemFor, type ProblemResponse } from './problem.ts';
import type { HttpServer } from './server.ts';

/** The path of a request without its query, which may hold anything. */
export function pathOf(request: Pick<FastifyRequest, 'url'>): string {
  const end = request.url.indexOf('?');
  return end === -1 ? request.url : request.url.slice(0, end);
}

function send(request: FastifyRequest, reply: FastifyReply, { problem, retryAfterSeconds }: ProblemResponse): FastifyReply {
  if (retryAfterSeconds !== null) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))));
  if (problem.status === 401) reply.header('www-authenticate', challengeFor(request));
  reply.header('cache-control', 'no-store');
  // What the route had said of the body that it could not send after all.
  reply.removeHeader('content-disposition').removeHeader('content-encoding');
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const response = problemFor(error, pathOf(request));
  if (!response.isExpected) request.log.error({ err: error, method: request.method, path: pathOf(request) }, 'a request failed');
  return send(request, reply, response);
}

export function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return send(request, reply, notFoundProblem(pathOf(request)));
}

/** Answers bytes that are no HTTP request. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { problem } = connectionProblem(error.code);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers 405 with Allow to every other method of each address registered so far. */
export function refuseOtherMethods(server: HttpServer, methodsByUrl: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, methods] of [...methodsByUrl]) {
    const allowed = [...methods].sort();
    server.route({
      method: server.supportedMethods.filter((method) => !methods.has(method)),
      url,
      schema: { hide: true },
      // Before the body is read: it does not matter here.
      onRequest: (request, reply, _done) => {
        reply.header('allow', allowed.join(', '));
        send(request, reply, methodNotAllowedProblem({ path: pathOf(request), method: request.method, allowed }));
      },
      handler: sendNotFound,
    });
  }
}
