import { configUpdateSchema, parseInput } from '@perfwatch/contract';
import { CollectionFeed, defineService } from '@perfwatch/service-kit';
import { initialConfig, parseConfig, updatedConfig } from './collection-settings.ts';

/** The document in the table `setting`. */
const KEY = 'collection';

/**
 * How often to sample and which collectors run, for all hosts and for one: the service `settings`. PERFWATCH_INTERVAL_MS counts
 * only until the document is there. Any number of replicas may run.
 */
export const settingsService = defineService({
  name: 'settings',
  needsStore: true,
  async start(context) {
    const { bus, config, log, store } = context;
    /** Also brings back a document that was deleted while this runs. */
    const current = async () => {
      const setting = (await store.settings.get(KEY)) ?? (await store.settings.initialize(KEY, initialConfig(config.intervalMs)));
      return parseConfig(setting.value);
    };
    await current();
    const feed = new CollectionFeed({ bus, log, read: current });
    return {
      actions: {
        get: current,
        async update({ by, ...params }) {
          const update = parseInput(configUpdateSchema, params, 'settings');
          await current();
          const { value } = await store.atomically(async ({ settings, auditEvents }) => {
            const { host = null, ...what } = update;
            await auditEvents.write({ action: 'settings_changed', by, target: host ?? 'all hosts', details: what });
            return settings.update(KEY, (document) => updatedConfig({ config: parseConfig(document), update, nowMs: Date.now() }));
          });
          const changed = parseConfig(value);
          log.info({ update }, 'settings changed');
          context.broadcast('settings.changed', changed);
          feed.changed(changed);
          return changed;
        },
      },
      // Of another replica, or of this one.
      events: { 'settings.changed': (changed) => feed.note(changed) },
      health: () => {
        const { connected, reason } = store.state();
        return { up: connected, reason };
      },
      stop: () => feed.stop(),
    };
  },
});
