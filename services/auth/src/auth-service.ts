import { defineService, type ServiceContext } from '@perfwatch/service-kit';
import { createAuthentication } from './authentication.ts';
import { ensureFirstAdministrator, forgetInitialPassword } from './first-administrator.ts';
import { loadSigningKey } from './signing-key.ts';
import { createTokenAdministration } from './token-administration.ts';
import { createUserAdministration } from './user-administration.ts';
import { createUserPreferences } from './user-preferences.ts';

/** Says where the generated password is, never what it is. `perfwatch up` makes the user itself, and shows it. */
async function announceFirstAdministrator({ config, log, store }: ServiceContext): Promise<void> {
  const { created, username, passwordFile } = await ensureFirstAdministrator({ users: store.users, config });
  if (created) log.info({ username, passwordFile }, 'first administrator made');
}

/** Log-in, tokens, passwords, users: the service `auth`. Any number of replicas with the same signing key may run. */
export const authService = defineService({
  name: 'auth',
  needsStore: true,
  async start(context) {
    const { config, log, store } = context;
    const key = await loadSigningKey(config);
    await announceFirstAdministrator(context);
    const broadcast: ServiceContext['broadcast'] = (event, payload) => context.broadcast(event, payload);
    const { users, apiTokens } = store;
    const actions = {
      ...createAuthentication({ users, apiTokens, key, log, broadcast }),
      ...createUserAdministration({ users, log, broadcast }),
      ...createUserPreferences({ users }),
      ...createTokenAdministration({ tokens: apiTokens, users, log, broadcast }),
    };
    const forgetPasswordOf = async (username: string): Promise<void> => {
      if (username === config.adminUser) await forgetInitialPassword(config);
    };
    return {
      actions: {
        ...actions,
        async changePassword(change) {
          await actions.changePassword(change);
          await forgetPasswordOf(change.identity.username);
          return null;
        },
        async updateUser(update) {
          const changed = await actions.updateUser(update);
          if (update.password !== undefined) await forgetPasswordOf(changed.username);
          return changed;
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
