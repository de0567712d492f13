import { defineService } from '@perfwatch/service-kit';
import { changedPolicy, readPolicy, storePolicy } from './policy.ts';
import { RetentionWork } from './run/retention-work.ts';
import { RetentionReport } from './storage/retention-report.ts';

/**
 * Turns closed hours into segments, archives and deletes what is no longer kept: the service `retention`. Any number of replicas may
 * run; the archive of each is in its own data directory.
 */
export const retentionService = defineService({
  name: 'retention',
  needsStore: true,
  start(context) {
    const { store, log, config } = context;
    const { dataDir } = config;
    const work = new RetentionWork({ store, log, dataDir });
    const report = new RetentionReport({ store, dataDir, log });
    return Promise.resolve({
      actions: {
        get: () => report.current(),
        async update({ by, ...params }) {
          const { policy, isDryRun } = changedPolicy((await readPolicy(store)).policy, params);
          if (isDryRun) return report.ifPolicyWere(policy);
          await storePolicy(store, params, by);
          log.info({ policy }, 'retention policy changed');
          context.broadcast('retention.changed', policy);
          return report.current();
        },
        async run({ by }) {
          const run = await work.runNow();
          // Whoever makes room on a full disk must not be refused for want of room.
          await store.auditEvents
            .write({ action: 'retention_run', by, target: null, details: run })
            .catch((error: unknown) => log.error({ err: error }, 'a run is missing from the audit trail'));
          report.forget();
          return run;
        },
      },
      health: () => {
        const reason = store.state().reason ?? work.fault;
        return { up: reason === null, reason };
      },
      stop: () => work.stop(),
    });
  },
});
