import type { RequestListener, Server } from 'node:http';
import { constants } from 'node:zlib';
import fastifyCompress from '@fastify/compress';
import { fastify, LogController, type FastifyBaseLogger } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { CertificateFiles, Logger } from '@perfwatch/service-kit';
import { trustIn } from '../origin-of.ts';
import { describeRoutes, serveApiDocument } from './api-document.ts';
import { annotationRoutes } from './annotation-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { boundExpensiveRoutes } from './at-once.ts';
import { authRoutes } from './auth-routes.ts';
import { requireTokens } from './authorization.ts';
import { configRoutes } from './config-routes.ts';
import { allowOrigins } from './cross-origin.ts';
import { serveDashboard } from './dashboard-files.ts';
import { pathOf, refuseConnection, refuseOtherMethods, sendError } from './error-responses.ts';
import { healthRoutes } from './health-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { metricsRoutes } from '../metrics/metrics-routes.ts';
import { hostRoutes } from './host-routes.ts';
import { limitInput, validatorCompiler } from './input.ts';
import { retentionRoutes } from './retention-routes.ts';
import { RequestLimits } from './request-limits.ts';
import { addSecurityHeaders } from './security-headers.ts';
import type { HttpDependencies, HttpServer } from './server.ts';
import { sessionRoutes } from './session-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { createTlsServer } from './tls-server.ts';
import { tokenRoutes } from './token-routes.ts';
import { userRoutes } from './user-routes.ts';

/** Largest request body; the largest one that makes sense, a configuration of 100 collectors, has 10 kB. */
const BODY_LIMIT_BYTES = 65_536;
/** Smaller bodies fit one packet anyway. */
const COMPRESS_FROM_BYTES = 1400;
/** Besides what mime-db says. */
const COMPRESSED_TYPES = /^text\/(?!event-stream)|[+/](x-nd)?json(;|$)|[+/](openmetrics-)?(text|xml)(;|$)/;
/** Brotli's default takes a second for what this does in 20 ms. */
const BROTLI_QUALITY = 6;
/** A request that has not come in by then, headers and body, is broken off: whoever sends a byte a second holds no connection for long. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How often that is looked after, and so how much later it may be. */
const TIMEOUTS_CHECKED_EVERY_MS = 2000;
/** Of a connection on which nothing moves, as when a client does not read its reply. Longer than proxies keep idle ones (nginx: 60 s). */
const SILENT_CONNECTION_MS = 120_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** Connections of all kinds; of those `maxConnections` at most are live ones. Whoever comes beyond is turned away at once. */
const MAX_CONNECTIONS = 4096;

const HTTP_OPTIONS = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
};

function tlsServerFor(certificate: CertificateFiles, log: Logger): (listener: RequestListener) => Server {
  const options = { certificate, http: HTTP_OPTIONS, silentConnectionMs: SILENT_CONNECTION_MS, log };
  return (listener) => createTlsServer(listener, options);
}

/** Counts what nobody need say who they are for; the rest is counted where that is found out. */
function limitFiles(server: HttpServer, limits: RequestLimits): void {
  server.addHook('onRequest', ({ ip, routeOptions }, _reply, done) => {
    if (routeOptions.config.isIdentified !== true) limits.takeFile(ip);
    done();
  });
}

async function compressReplies(server: HttpServer): Promise<void> {
  await server.register(fastifyCompress, {
    threshold: COMPRESS_FROM_BYTES,
    customTypes: COMPRESSED_TYPES,
    globalDecompression: false,
    encodings: ['br', 'gzip'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
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
    if (!/^\/(api|health|metrics)(\/|$)/.test(url)) return;
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
  const { log, trustedProxies = [], certificate = null, requestLimits, maxConnections = MAX_CONNECTIONS } = dependencies;
  const limits = new RequestLimits(requestLimits);
  const loggerInstance: FastifyBaseLogger = log;
  const server: HttpServer = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: SILENT_CONNECTION_MS,
    http: HTTP_OPTIONS,
    ...(certificate === null ? {} : { serverFactory: tlsServerFor(certificate, log) }),
    trustProxy: trustedProxies.length === 0 ? false : trustIn(trustedProxies),
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  server.server.maxConnections = maxConnections;
  server.decorateRequest('identity', null);
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler(sendError);
  limitInput(server);
  logRequests(server);
  await addSecurityHeaders(server);
  allowOrigins(server, new Set(dependencies.allowedOrigins));
  limitFiles(server, limits);
  await compressReplies(server);
  await describeRoutes(server, dependencies);
  const methodsByUrl = collectMethods(server);
  await server.register((api) => {
    const typed = api.withTypeProvider<ZodTypeProvider>();
    requireTokens(typed, { ...dependencies, limits });
    boundExpensiveRoutes(typed, dependencies.atOnceLimits);
    sessionRoutes(typed, dependencies);
    authRoutes(typed, dependencies);
    hostRoutes(typed, dependencies);
    historyRoutes(typed, dependencies);
    annotationRoutes(typed, dependencies);
    retentionRoutes(typed, dependencies);
    configRoutes(typed, dependencies);
    userRoutes(typed, dependencies);
    tokenRoutes(typed, dependencies);
    auditRoutes(typed, dependencies);
    systemRoutes(typed, dependencies);
    metricsRoutes(typed, dependencies);
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
