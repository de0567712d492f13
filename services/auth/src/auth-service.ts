import { defineService, type ServiceContext } from '@perfwatch/service-kit';
import { createAuthentication } from './authentication.ts';
import { ensureFirstAdministrator, forgetInitialPassword } from './first-administrator.ts';
import { loadSigningKey } from './signing-key.ts';

/** Says where the generated password is, never what it is. `perfwatch up` makes the user itself, and shows it. */
async function announceFirstAdministrator({ config, log, store }: ServiceContext): Promise<void> {
  const { created, username, passwordFile } = await ensureFirstAdministrator({ users: store.users, config });
  if (created) log.info({ username, passwordFile }, 'first administrator made');
}

/** Log-in, tokens, password changes: the service `auth`. Any number of replicas with the same signing key may run. */
export const authService = defineService({
  name: 'auth',
  needsStore: true,
  async start(context) {
    const { config, log, store } = context;
    const key = await loadSigningKey(config);
    await announceFirstAdministrator(context);
    const actions = createAuthentication({
      users: store.users,
      key,
      log,
      broadcast: (event, payload) => context.broadcast(event, payload),
    });
    return {
      actions: {
        ...actions,
        async changePassword(change) {
          await actions.changePassword(change);
          if (change.identity.username === config.adminUser) await forgetInitialPassword(config);
          return null;
        },
      },
      health: () => {
        const { connected, reason } = store.state();
        return { up: connected, reason };
      },
      stop: () => Promise.resolve(),
    };
  },
});
