import { parseInput, subjectTokenSchema } from '@perfwatch/contract';
import { defineService } from '@perfwatch/service-kit';
import { readAnnotations } from './annotations.ts';
import { compareHistory } from './compare-history.ts';
import { describeCollectors } from './describe-collectors.ts';
import { describeHost, describeHosts } from './describe-hosts.ts';
import { QueryGate } from './query-gate.ts';
import { BlockCache } from './reading/block-cache.ts';
import { inReadTransaction } from './reading/read-transaction.ts';
import type { ReadParts } from './reading/series-reader.ts';
import { recentSamples } from './recent-samples.ts';
import { exportPage } from './replies/export-pages.ts';
import { historyPage } from './replies/query-pages.ts';

/** Of the store's eight connections half stay free for those who write. */
const GATE = { running: 4, waiting: 200 };

/** What has been stored: the service `history`. Reads only; any number of replicas may run. */
export const historyService = defineService({
  name: 'history',
  needsStore: true,
  start({ store }) {
    const gate = new QueryGate(GATE);
    const cache = new BlockCache();
    const read = <T>(work: (parts: ReadParts) => Promise<T>) =>
      gate.run((deadline) => inReadTransaction({ store, deadline }, (connection) => work({ connection, cache, deadline })));
    return Promise.resolve({
      actions: {
        query: (params) => read((parts) => historyPage(parts, params, Date.now())),
        export: (params) => read((parts) => exportPage(parts, params, Date.now())),
        compare: (params) => read((parts) => compareHistory(parts, params, Date.now())),
        recent: (params) => read((parts) => recentSamples(parts, params, Date.now())),
        annotations: (params) => read(({ connection }) => readAnnotations(connection, params)),
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
