import { resolve } from 'node:path';
import { defineService } from '@perfwatch/service-kit';
import { openGateway } from './gateway.ts';

const DASHBOARD_DIR = resolve(import.meta.dirname, '../../dashboard/dist/browser');

/** HTTP API, live data and dashboard on PERFWATCH_HTTP_HOST:PERFWATCH_HTTP_PORT: the service `gateway`. Any number of replicas may run. */
export const gatewayService = defineService({
  name: 'gateway',
  needsStore: false,
  async start(context) {
    const { config, log, bus } = context;
    const gateway = await openGateway({
      host: config.httpHost,
      port: config.httpPort,
      dashboardDir: DASHBOARD_DIR,
      basePath: config.basePath,
      allowedOrigins: config.allowedOrigins,
      trustedProxies: config.trustedProxies,
      metricsOpen: config.metricsOpen,
      certificate: config.tls.httpCertificate,
      bus,
      log,
      call: (action, params, options) => context.call(action, params, options),
      clusterHealth: () => context.clusterHealth(),
      cluster: (limits) => context.cluster(limits),
    });
    return {
      actions: {},
      events: {
        'settings.changed': (changed) => gateway.sendConfig(changed),
        'annotation.removed': (removed) => gateway.sendAnnotationRemoved(removed),
        'auth.revoked': (revoked) => gateway.revoke(revoked),
      },
      stop: () => gateway.stop(),
    };
  },
});
