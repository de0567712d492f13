import { retentionReplySchema, retentionRunSchema, retentionUpdateSchema } from '@perfwatch/contract';
import { actorOf } from './authorization.ts';
import { bearerSecurity, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['retention'];
/** Counting what every host takes on disk, and what a shorter policy would delete. */
const REPORT_TIMEOUT_MS = 20_000;
/** A run ends by itself before this and says that there is more to do. */
const RUN_TIMEOUT_MS = 60_000;

/** `/api/retention`: what is kept for how long, and what that costs. */
export function retentionRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/retention',
    schema: {
      operationId: 'retention',
      tags,
      summary: 'What is kept for how long, what it takes on disk, and what goes next',
      security: bearerSecurity,
      response: { 200: retentionReplySchema, ...problemResponses },
    },
    handler: () => call('retention.get', {}, { timeoutMs: REPORT_TIMEOUT_MS }),
  });
  server.route({
    method: 'PUT',
    url: '/api/retention',
    config: { access: 'admin' },
    schema: {
      operationId: 'updateRetention',
      tags,
      summary: 'Change it; with dry_run only tell what would be deleted. Administrators only',
      security: bearerSecurity,
      body: retentionUpdateSchema,
      response: { 200: retentionReplySchema, ...problemResponses },
    },
    handler: (request) => call('retention.update', { ...request.body, by: actorOf(request) }, { timeoutMs: REPORT_TIMEOUT_MS }),
  });
  server.route({
    method: 'POST',
    url: '/api/retention/cleanup',
    config: { access: 'admin' },
    schema: {
      operationId: 'cleanUp',
      tags,
      summary: 'Apply it now, and tell what was done. Administrators only',
      security: bearerSecurity,
      response: { 200: retentionRunSchema, ...problemResponses },
    },
    handler: (request) => call('retention.run', { by: actorOf(request) }, { timeoutMs: RUN_TIMEOUT_MS }),
  });
}
