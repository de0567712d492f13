import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { addExamples } from './api-examples.ts';
import { asyncApiDocument } from './asyncapi-document.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const DESCRIPTION = `What Linux machines are doing, and what they did. Log in with \`POST /api/auth/login\` and send the token as
\`Authorization: Bearer <token>\`; programs send an API token the same way. Errors are RFC 9457 \`application/problem+json\`. Live data come over Socket.IO, namespace \`/live\`,
and over NATS, which \`/api/asyncapi.json\` describes.`;

const TAGS = [
  { name: 'auth', description: 'Log-in and tokens' },
  { name: 'hosts', description: 'What there is to see' },
  { name: 'history', description: 'What was stored' },
  { name: 'annotations', description: 'Marks on the time axis' },
  { name: 'retention', description: 'What is kept for how long' },
  { name: 'config', description: 'What is collected' },
  { name: 'users', description: 'Who may log in' },
  { name: 'tokens', description: 'Tokens for programs' },
  { name: 'audit', description: 'Who did what' },
  { name: 'system', description: 'What PerfWatch is made of' },
  { name: 'health', description: 'Is it up' },
];

/** Swagger UI styles itself with inline elements and shows inline images; it runs no inline script. */
const DOCS_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ');

const SCHEMA_REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

interface Described {
  paths?: object | undefined;
  components?: { schemas?: Record<string, unknown> | undefined } | undefined;
}

/** The document without the schemas that no route leads to: the contract has those of the bus as well. */
export function withUsedSchemas<D extends Described>(document: D): D {
  const schemas = document.components?.schemas ?? {};
  const used = new Set<string>();
  const follow = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part ?? null).matchAll(SCHEMA_REFERENCE)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(schemas[name]);
    }
  };
  follow(document.paths);
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  return { ...document, components: { ...document.components, schemas: kept } };
}

/** Collects the routes registered from now on. */
export async function describeRoutes(server: HttpServer, { basePath }: Pick<HttpDependencies, 'basePath'>): Promise<void> {
  await server.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'PerfWatch', version: '1', description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: basePath === '/' ? basePath : basePath.slice(0, -1), description: 'This server' }],
      tags: TAGS,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From POST /api/auth/login, or an API token' },
          refresh_cookie: {
            type: 'apiKey',
            in: 'cookie',
            name: 'perfwatch_refresh',
            description:
              'Set by a log-in with "session": "cookie". Only together with the header X-PerfWatch, from a page of the same origin',
          },
        },
      },
    },
    hideUntagged: true,
    transform: jsonSchemaTransform,
    transformObject: (document) => withUsedSchemas(addExamples(jsonSchemaTransformObject(document))),
  });
}

/** The description at `/api/openapi.json`, a browser for it at `/docs`, and that of the bus at `/api/asyncapi.json`. */
export async function serveApiDocument(server: HttpServer, { basePath }: Pick<HttpDependencies, 'basePath'>): Promise<void> {
  server.get('/api/openapi.json', { schema: { hide: true } }, () => server.swagger());
  const asyncApi = asyncApiDocument();
  server.get('/api/asyncapi.json', { schema: { hide: true } }, () => asyncApi);
  await server.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    indexPrefix: basePath.slice(0, -1),
    staticCSP: DOCS_POLICY,
    theme: { title: 'PerfWatch API' },
    uiConfig: { deepLinking: true, persistAuthorization: false, displayRequestDuration: true },
  });
}
