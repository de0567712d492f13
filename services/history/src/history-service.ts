import { parseInput, subjectTokenSchema } from '@perfwatch/contract';
import { defineService } from '@perfwatch/service-kit';
import { describeCollectors } from './describe-collectors.ts';
import { describeHost, describeHosts } from './describe-hosts.ts';
import { queryHistory } from './query-history.ts';
import { QueryGate } from './query-gate.ts';
import { recentSamples } from './recent-samples.ts';

/** Of the store's eight connections half stay free for those who write. */
const GATE = { running: 4, waiting: 200 };

/** What has been stored: the service `history`. Reads only; any number of replicas may run. */
export const historyService = defineService({
  name: 'history',
  needsStore: true,
  start({ store }) {
    const gate = new QueryGate(GATE);
    return Promise.resolve({
      actions: {
        query: (params) => gate.run(() => queryHistory(store, params, Date.now())),
        recent: (params) => gate.run(() => recentSamples(store, params, Date.now())),
        types: async () => {
          const rows = await store.query<{ metric_type: string; hosts: string[] }>(
            'SELECT collector AS metric_type, array_agg(host ORDER BY host) AS hosts FROM collector_state GROUP BY 1 ORDER BY 1',
          );
          return { types: rows };
        },
        hosts: async () => ({ hosts: await describeHosts(store) }),
        host: (params) => describeHost(store, parseInput(subjectTokenSchema, params.host, 'host')),
        catalog: async ({ host }) => {
          const only = host === undefined ? null : parseInput(subjectTokenSchema, host, 'host');
          return { collectors: await describeCollectors(store, only) };
        },
      },
      health: () => {
        const { connected, reason } = store.state();
        return { up: connected, reason };
      },
      stop: () => Promise.resolve(),
    });
  },
});
