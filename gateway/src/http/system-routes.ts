import { systemReplySchema } from '@perfwatch/contract';
import { bearerSecurity, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';
import { createSystemReport } from './system-report.ts';
import { createReadiness } from './readiness.ts';

/** `/api/system`: what PerfWatch itself is made of. */
export function systemRoutes(server: HttpServer, dependencies: Omit<HttpDependencies, 'dashboardDir'>): void {
  const report = createSystemReport({ ...dependencies, readiness: createReadiness(dependencies) });
  server.route({
    method: 'GET',
    url: '/api/system',
    schema: {
      operationId: 'system',
      tags: ['system'],
      summary: 'Services and their replicas, processes and what they cost, bus, database and stream',
      security: bearerSecurity,
      response: { 200: systemReplySchema, ...problemResponses },
    },
    handler: () => report(),
  });
}
