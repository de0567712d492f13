import { z } from 'zod';
import { describedOnly, bearerSecurity, problemResponses } from '../http/responses.ts';
import type { HttpDependencies, HttpServer } from '../http/server.ts';
import { createReadiness } from '../http/readiness.ts';
import { createSystemReport } from '../http/system-report.ts';
import { CONTENT_TYPES, formatFor } from './exposition.ts';
import { MetricHelp } from './metric-help.ts';
import { MetricsText } from './metrics-text.ts';
import { NewestSamples } from './newest-samples.ts';
import { SampleWatch } from './sample-watch.ts';

/** As every scraper does: compressed once for all of them. */
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\s|,|$))/i;

const textSchema = describedOnly(z.string());

/** `/metrics`: what every host does now, and PerfWatch itself, for Prometheus. */
export function metricsRoutes(server: HttpServer, dependencies: Omit<HttpDependencies, 'dashboardDir'>): void {
  const { call, liveState, metricsOpen, subscribeSamples } = dependencies;
  const newest = new NewestSamples({ nowMs: () => performance.now(), wallMs: () => Date.now() });
  const watch = new SampleWatch({ bus: { subscribeSamples }, call, newest });
  const system = createSystemReport({ ...dependencies, readiness: createReadiness(dependencies) });
  const text = new MetricsText({ newest, help: new MetricHelp(call), system, live: liveState });
  server.addHook('onClose', () => watch.stop());
  server.route({
    method: 'GET',
    url: '/metrics',
    config: { access: metricsOpen ? 'anyone' : 'user' },
    schema: {
      operationId: 'metrics',
      tags: ['system'],
      summary: 'The newest Sample of every host, and PerfWatch itself, for Prometheus: OpenMetrics, or text 0.0.4, as Accept says',
      ...(metricsOpen ? {} : { security: bearerSecurity }),
      response: {
        200: {
          description: 'Gauges in base units, by the names that docs/operations.md explains',
          content: { 'application/openmetrics-text': { schema: textSchema }, 'text/plain': { schema: textSchema } },
        },
        ...problemResponses,
      },
    },
    handler: async ({ headers }, reply) => {
      await watch.ask();
      const format = formatFor(headers.accept);
      void reply.type(CONTENT_TYPES[format]).header('vary', 'accept, accept-encoding');
      if (!TAKES_GZIP.test(headers['accept-encoding'] ?? '')) return reply.send(await text.read(format));
      return reply.header('content-encoding', 'gzip').send(await text.readCompressed(format));
    },
  });
}
