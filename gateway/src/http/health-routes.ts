import { readinessSchema } from '@perfwatch/contract';
import { z } from 'zod';
import { createReadiness } from './readiness.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['health'];
const livenessSchema = z.object({ status: z.literal('ok') });

/** `/health` for whoever restarts processes, `/health/ready` for whoever sends them requests. */
export function healthRoutes(server: HttpServer, dependencies: Pick<HttpDependencies, 'busState' | 'clusterHealth'>): void {
  const readiness = createReadiness(dependencies);
  server.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
  server.route({
    method: 'GET',
    url: '/health',
    schema: { operationId: 'health', tags, summary: 'This process answers', response: { 200: livenessSchema } },
    handler: () => ({ status: 'ok' as const }),
  });
  server.route({
    method: 'GET',
    url: '/health/ready',
    schema: {
      operationId: 'ready',
      tags,
      summary: 'What is up of what PerfWatch needs; 503 when something needed is not',
      response: { 200: readinessSchema, 503: readinessSchema },
    },
    handler: async (_request, reply) => {
      const current = await readiness();
      return reply.code(current.status === 'ready' ? 200 : 503).send(current);
    },
  });
}
