import { PerfwatchError, type ApiTokenRecord, type Identity } from '@perfwatch/contract';
import type { Logger, RunningService, ServiceContext } from '@perfwatch/service-kit';
import type { ApiToken, ApiTokenRepository, Store } from '@perfwatch/store';
import { generateApiToken, hashApiToken } from './api-token.ts';

const DAY_MS = 24 * 3_600_000;
const USE_NOTED_EVERY_MS = 60_000;

export interface TokenAdministrationOptions {
  store: Pick<Store, 'users' | 'apiTokens' | 'atomically'>;
  broadcast: ServiceContext['broadcast'];
  log: Logger;
  nowMs?: () => number;
}

type Actions = Pick<RunningService<'auth'>['actions'], 'listTokens' | 'createToken' | 'removeToken'>;

const recordOf = ({ id, name, scope, userId, username, createdAt, expiresAt, lastUsedAt }: ApiToken): ApiTokenRecord => ({
  id,
  name,
  scope,
  user_id: userId,
  username,
  created_at: createdAt.toISOString(),
  expires_at: expiresAt?.toISOString() ?? null,
  last_used_at: lastUsedAt?.toISOString() ?? null,
});

const noSuchUser = (): PerfwatchError => new PerfwatchError('not_found', 'There is no such user', { hint: 'GET /api/users lists them.' });

const noSuchToken = (): PerfwatchError =>
  new PerfwatchError('not_found', 'There is no such API token', { hint: 'GET /api/tokens lists them.' });

/** A token in the audit trail. */
const targetOf = ({ username, name }: ApiToken): string => `${name} of ${username}`;
const toldOf = ({ id, scope }: ApiToken) => ({ id, scope });

/** The actions on API tokens, for administrators: who may ask is for the gateway to see to. */
export function createTokenAdministration(options: TokenAdministrationOptions): Actions {
  const { store, broadcast, log, nowMs = Date.now } = options;
  return {
    listTokens: async () => ({ tokens: (await store.apiTokens.list()).map(recordOf) }),

    async createToken({ by, name, scope, expires_in_days: days, user_id: userId = by.userId }) {
      const owner = await store.users.findById(userId);
      if (owner === null) throw noSuchUser();
      if (owner.role !== 'admin' && scope !== 'read') {
        const issue = { path: 'scope', message: `must be read: ${owner.username} is a viewer, and a token may no more than its owner` };
        throw new PerfwatchError('bad_input', `${issue.path} ${issue.message}`, { issues: [issue] });
      }
      const token = generateApiToken();
      const tokenHash = hashApiToken(token);
      if (tokenHash === null) throw new PerfwatchError('internal', 'a token was made that is none');
      const expiresAt = days === null ? null : new Date(nowMs() + days * DAY_MS);
      const created = await store.atomically(async ({ apiTokens, auditEvents }) => {
        const made = await apiTokens.create({ userId, name, scope, tokenHash, expiresAt });
        if (made === null) throw noSuchUser();
        await auditEvents.write({
          action: 'token_created',
          by,
          target: targetOf(made),
          details: { ...toldOf(made), expires_at: expiresAt },
        });
        return made;
      });
      log.info({ tokenId: created.id, userId, scope, by: by.userId }, 'API token made');
      return { ...recordOf(created), token };
    },

    async removeToken({ id, by }) {
      await store.atomically(async ({ apiTokens, auditEvents }) => {
        const removed = await apiTokens.remove(id);
        if (removed === null) throw noSuchToken();
        await auditEvents.write({ action: 'token_deleted', by, target: targetOf(removed), details: toldOf(removed) });
      });
      log.info({ tokenId: id }, 'API token removed');
      broadcast('auth.revoked', { tokenId: id });
      return null;
    },
  };
}

export interface ApiTokenCheckOptions {
  tokens: ApiTokenRepository;
  log: Logger;
  nowMs?: () => number;
}

/** Checks API tokens: whose one is. Throws PerfwatchError('unauthorized') for one that is unknown or has expired. */
export function createApiTokenCheck({ tokens, log, nowMs = Date.now }: ApiTokenCheckOptions): (token: string) => Promise<Identity> {
  const isNoteDue = ({ lastUsedAt }: ApiToken): boolean => lastUsedAt === null || nowMs() - lastUsedAt.getTime() >= USE_NOTED_EVERY_MS;
  return async (token) => {
    const hash = hashApiToken(token);
    const found = hash === null ? null : await tokens.findByHash(hash);
    if (found === null)
      throw new PerfwatchError('unauthorized', 'This API token is not valid', {
        hint: 'It may have been removed: ask an administrator for another.',
      });
    const { id, userId, username, role, scope, expiresAt } = found;
    if (expiresAt !== null && expiresAt.getTime() <= nowMs()) {
      throw new PerfwatchError('unauthorized', 'This API token has expired', { hint: 'Ask an administrator for another.' });
    }
    // Nobody waits for it, and no request fails over it.
    if (isNoteDue(found))
      tokens.noteUse(id).catch((error: unknown) => log.warn({ err: error, tokenId: id }, 'the use of an API token was not noted'));
    return { userId, username, role, tokenId: id, expiresAtMs: expiresAt?.getTime() ?? null, scope };
  };
}
