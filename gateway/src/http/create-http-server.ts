import { constants } from 'node:zlib';
import fastifyCompress from '@fastify/compress';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import { PerfwatchError } from '@perfwatch/contract';
import { fastify, LogController, type FastifyBaseLogger } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { describeRoutes, serveApiDocument } from './api-document.ts';
import { annotationRoutes } from './annotation-routes.ts';
import { authRoutes } from './auth-routes.ts';
import { requireTokens } from './authorization.ts';
import { configRoutes } from './config-routes.ts';
import { serveDashboard } from './dashboard-files.ts';
import { pathOf, refuseConnection, refuseOtherMethods, sendError } from './error-responses.ts';
import { healthRoutes } from './health-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { hostRoutes } from './host-routes.ts';
import { limitInput, validatorCompiler } from './input.ts';
import { retentionRoutes } from './retention-routes.ts';
import { contentSecurityPolicy, HELMET_OPTIONS } from './security-headers.ts';
import type { HttpDependencies, HttpServer } from './server.ts';
import { systemRoutes } from './system-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { userRoutes } from './user-routes.ts';

/** Largest request body; the largest one that makes sense, a configuration of 100 collectors, has 10 kB. */
const BODY_LIMIT_BYTES = 65_536;
/** Generous, because everyone behind one proxy has one address. */
const API_REQUESTS_PER_MINUTE = 3000;
const RATE_LIMITED_ADDRESSES = 10_000;
/** Smaller bodies fit one packet anyway. */
const COMPRESS_FROM_BYTES = 1400;
/** Besides what mime-db says. */
const COMPRESSED_TYPES = /^text\/(?!event-stream)|[+/](x-nd)?json(;|$)|[+/](text|xml)(;|$)/;
/** Brotli's default takes a second for what this does in 20 ms. */
const BROTLI_QUALITY = 6;
const REQUEST_TIMEOUT_MS = 30_000;

async function addPolicies(server: HttpServer): Promise<void> {
  await server.register(fastifyHelmet, HELMET_OPTIONS);
  const policy = contentSecurityPolicy();
  server.addHook('onRequest', (_request, reply, done) => {
    reply.header('content-security-policy', policy);
    done();
  });
  await server.register(fastifyCompress, {
    threshold: COMPRESS_FROM_BYTES,
    customTypes: COMPRESSED_TYPES,
    globalDecompression: false,
    encodings: ['br', 'gzip'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
  });
  await server.register(fastifyRateLimit, {
    max: API_REQUESTS_PER_MINUTE,
    timeWindow: '1 minute',
    cache: RATE_LIMITED_ADDRESSES,
    allowList: (request) => !request.url.startsWith('/api/'),
    errorResponseBuilder: (_request, { ttl }) =>
      new PerfwatchError('too_many_requests', 'Too many requests from this address', {
        hint: 'Wait before trying again.',
        retryAfterSeconds: Math.ceil(ttl / 1000),
      }),
  });
}

function logRequests(server: HttpServer): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { method, ip } = request;
    const fields = { method, path: pathOf(request), status: reply.statusCode, elapsedMs: Math.round(reply.elapsedTime), address: ip };
    request.log.debug(fields, 'request');
    done();
  });
}

/** Methods of each address that programs use, filled as routes are registered. */
function collectMethods(server: HttpServer): Map<string, Set<string>> {
  const methodsByUrl = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    if (!/^\/(api|health)(\/|$)/.test(url)) return;
    const methods = methodsByUrl.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByUrl.set(url, methods);
  });
  return methodsByUrl;
}

/**
 * The HTTP side: API, its description, health, the built dashboard. Not listening yet; Socket.IO attaches to `server` first.
 * Every error it answers is RFC 9457.
 */
export async function createHttpServer(dependencies: HttpDependencies): Promise<HttpServer> {
  const loggerInstance: FastifyBaseLogger = dependencies.log;
  const server: HttpServer = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  server.decorateRequest('identity', null);
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler(sendError);
  limitInput(server);
  logRequests(server);
  await addPolicies(server);
  await describeRoutes(server, dependencies);
  const methodsByUrl = collectMethods(server);
  await server.register((api) => {
    const typed = api.withTypeProvider<ZodTypeProvider>();
    requireTokens(typed, dependencies);
    authRoutes(typed, dependencies);
    hostRoutes(typed, dependencies);
    historyRoutes(typed, dependencies);
    annotationRoutes(typed, dependencies);
    retentionRoutes(typed, dependencies);
    configRoutes(typed, dependencies);
    userRoutes(typed, dependencies);
    tokenRoutes(typed, dependencies);
    systemRoutes(typed, dependencies);
    return Promise.resolve();
  });
  await server.register((health) => {
    healthRoutes(health.withTypeProvider<ZodTypeProvider>(), dependencies);
    return Promise.resolve();
  });
  await serveApiDocument(server, dependencies);
  refuseOtherMethods(server, methodsByUrl);
  await serveDashboard(server, dependencies);
  return server;
}
