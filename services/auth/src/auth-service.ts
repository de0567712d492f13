import { defineService, type ServiceContext } from '@perfwatch/service-kit';
import type { Store } from '@perfwatch/store';
import { createAuditTrail, expireAuditEvents } from './audit-trail.ts';
import { createAuthentication } from './authentication.ts';
import { removeExpiredSessions } from './expired-sessions.ts';
import { ensureFirstAdministrator, forgetInitialPassword } from './first-administrator.ts';
import { LogInEvents } from './log-in-events.ts';
import { openSigningKeys } from './signing-key.ts';
import { createTokenAdministration } from './token-administration.ts';
import { createUserAdministration } from './user-administration.ts';
import { createUserPreferences } from './user-preferences.ts';

/** Says where the generated password is, never what it is. `perfwatch up` makes the user itself, and shows it. */
async function announceFirstAdministrator({ config, log, store }: ServiceContext): Promise<void> {
  const { created, username, passwordFile } = await ensureFirstAdministrator({ store, config });
  if (created) log.info({ username, passwordFile }, 'first administrator made');
}

/** Log-in, tokens, passwords, users: the service `auth`. Any number of replicas with the same signing key may run. */
export const authService = defineService({
  name: 'auth',
  needsStore: true,
  async start(context) {
    const { config, log, store } = context;
    const keys = await openSigningKeys({ config, log });
    await announceFirstAdministrator(context);
    const broadcast: ServiceContext['broadcast'] = (event, payload) => context.broadcast(event, payload);
    const { users, apiTokens, loginFailures, sessions, auditEvents } = store;
    const atomically: Store['atomically'] = (work) => store.atomically(work);
    const logInEvents = new LogInEvents({ auditEvents, log });
    const actions = {
      ...createAuthentication({ users, apiTokens, loginFailures, sessions, atomically, logInEvents, keys, log, broadcast }),
      ...createUserAdministration({ store, log, broadcast }),
      ...createUserPreferences({ users }),
      ...createTokenAdministration({ store, log, broadcast }),
      ...createAuditTrail({ auditEvents }),
    };
    const stopRemoving = removeExpiredSessions({ sessions, log });
    const stopExpiring = expireAuditEvents({ auditEvents, log });
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
        return { up: connected, reason: reason ?? logInEvents.fault };
      },
      stop: () => {
        keys.close();
        stopRemoving();
        stopExpiring();
        return logInEvents.stop();
      },
    };
  },
});
