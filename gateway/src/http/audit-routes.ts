import { auditQuerySchema, auditReplySchema } from '@perfwatch/contract';
import { bearerSecurity, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

/** `/api/audit`: who did what, when and from where. Administrators only. */
export function auditRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/audit',
    config: { access: 'admin' },
    schema: {
      operationId: 'audit',
      tags: ['audit'],
      summary: 'Log-ins, and changes to users, tokens, settings and retention, newest first. Administrators only',
      security: bearerSecurity,
      querystring: auditQuerySchema,
      response: { 200: auditReplySchema, ...problemResponses },
    },
    handler: ({ query }) => call('auth.auditEvents', query),
  });
}
