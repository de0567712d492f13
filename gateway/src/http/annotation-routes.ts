import { annotationRecordSchema, annotationsQuerySchema, annotationsReplySchema, newAnnotationSchema } from '@perfwatch/contract';
import { z } from 'zod';
import { actorOf } from './authorization.ts';
import { bearerSecurity, noContentSchema, problemResponses } from './responses.ts';
import type { HttpDependencies, HttpServer } from './server.ts';

const tags = ['annotations'];
const paramsSchema = z.object({ id: z.uuid('must be the id of an annotation, a UUID') });

/** `/api/annotations`: marks on the time axis. */
export function annotationRoutes(server: HttpServer, { call }: Pick<HttpDependencies, 'call'>): void {
  server.route({
    method: 'GET',
    url: '/api/annotations',
    schema: {
      operationId: 'annotations',
      tags,
      summary: 'Marks on the time axis that overlap a range, oldest first',
      security: bearerSecurity,
      querystring: z.object(annotationsQuerySchema.shape),
      response: { 200: annotationsReplySchema, ...problemResponses },
    },
    handler: ({ query }) => call('history.annotations', query),
  });
  server.route({
    method: 'POST',
    url: '/api/annotations',
    config: { access: 'admin', isAnnotating: true },
    schema: {
      operationId: 'annotate',
      tags,
      summary: 'Sets a mark; everyone who listens hears of it. Administrators only',
      security: bearerSecurity,
      body: newAnnotationSchema,
      response: { 201: annotationRecordSchema, ...problemResponses },
    },
    handler: async ({ body }, reply) => reply.code(201).send(await call('persistence.annotate', body)),
  });
  server.route({
    method: 'DELETE',
    url: '/api/annotations/:id',
    config: { access: 'admin', isAnnotating: true },
    schema: {
      operationId: 'removeAnnotation',
      tags,
      summary: 'Removes a mark. Administrators only',
      security: bearerSecurity,
      params: paramsSchema,
      response: { 204: noContentSchema, ...problemResponses },
    },
    handler: async (request, reply) => {
      await call('persistence.removeAnnotation', { id: request.params.id, by: actorOf(request) });
      return reply.code(204).send();
    },
  });
}
