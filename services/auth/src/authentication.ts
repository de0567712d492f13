import { PerfwatchError, type Actions, type Identity } from '@perfwatch/contract';
import type { Logger, RunningService, ServiceContext } from '@perfwatch/service-kit';
import type { ApiTokenRepository, User, UserRepository } from '@perfwatch/store';
import { endedToken, invalidToken, issueToken, readToken, TOKEN_LIFETIME_SECONDS, type Claims } from './access-token.ts';
import { looksLikeApiToken } from './api-token.ts';
import { FailureThrottle } from './failure-throttle.ts';
import { LoginThrottle } from './login-throttle.ts';
import { checkNewPassword } from './new-password.ts';
import { hashPassword, isPassword } from './password-hash.ts';
import { createApiTokenCheck } from './token-administration.ts';
import { createWorkGate } from './work-gate.ts';

/** Half of libuv's four threads: the rest stay free for files and names while people log in. */
const MAX_HASHES_AT_ONCE = 2;
const MAX_HASHES_WAITING = 128;
const MINUTE_MS = 60_000;

export interface AuthenticationOptions {
  users: UserRepository;
  apiTokens: ApiTokenRepository;
  /** Signs and checks tokens. */
  key: string;
  broadcast: ServiceContext['broadcast'];
  log: Logger;
  /** The wall clock, for tokens. */
  nowMs?: () => number;
  loginThrottle?: LoginThrottle;
}

/** The actions of the service `auth` that concern one's own account. */
export type Authentication = Pick<RunningService<'auth'>['actions'], 'login' | 'verify' | 'logout' | 'me' | 'changePassword'>;

const identityOf = (user: User, claims: Claims): Identity => ({
  userId: user.id,
  username: user.username,
  role: user.role,
  tokenId: claims.jti,
  expiresAtMs: claims.exp * 1000,
  scope: null,
});

const wrongCurrentPassword = (): PerfwatchError => {
  const issue = { path: 'current_password', message: 'is not your password' };
  return new PerfwatchError('bad_input', `${issue.path} ${issue.message}`, { issues: [issue] });
};

const notALogIn = (): PerfwatchError =>
  new PerfwatchError('conflict', 'This is an API token, which no log-out ends', { hint: 'Remove it with DELETE /api/tokens/:id.' });

/** Log-in, tokens and password changes over `users`. What `broadcast` tells is already in the database. */
export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { users, apiTokens, key, broadcast, log, nowMs = Date.now, loginThrottle = new LoginThrottle() } = options;
  const verifyApiToken = createApiTokenCheck({ tokens: apiTokens, log, nowMs });
  const gate = createWorkGate({ maxRunning: MAX_HASHES_AT_ONCE, maxWaiting: MAX_HASHES_WAITING });
  /** By token: whoever got hold of one must not guess the password with it, nor keep its owner from changing it elsewhere. */
  const changeThrottle = new FailureThrottle({
    freeFailures: 5,
    maxDelayMs: 5 * MINUTE_MS,
    forgetAfterMs: 15 * MINUTE_MS,
    maxKeys: 10_000,
  });

  async function findByPassword({ username, password, address }: Actions['auth.login']['params']): Promise<User> {
    // Again when its turn has come: the tries that went before it may have failed meanwhile.
    loginThrottle.check({ username, address });
    const user = await users.findByUsername(username);
    if ((await isPassword(password, user?.passwordHash ?? null)) && user !== null) {
      loginThrottle.succeeded({ username, address });
      return user;
    }
    loginThrottle.failed({ username, address });
    // Not the name as typed: people type their password there.
    log.warn({ address, userId: user?.id ?? null }, 'log-in refused');
    throw new PerfwatchError('unauthorized', 'Wrong user name or password');
  }

  async function findForChange({ identity, current_password: password }: Actions['auth.changePassword']['params']): Promise<User> {
    changeThrottle.check(identity.tokenId);
    const user = await users.findById(identity.userId);
    if (user === null) throw endedToken();
    if (await isPassword(password, user.passwordHash)) {
      changeThrottle.succeeded(identity.tokenId);
      return user;
    }
    changeThrottle.failed(identity.tokenId);
    log.warn({ userId: user.id }, 'password change refused');
    throw wrongCurrentPassword();
  }

  return {
    async login(attempt) {
      loginThrottle.check(attempt);
      const user = await gate.run(() => findByPassword(attempt));
      return { access_token: issueToken(user, { key, nowMs: nowMs() }), token_type: 'Bearer', expires_in: TOKEN_LIFETIME_SECONDS };
    },

    async verify({ token }) {
      if (looksLikeApiToken(token)) return verifyApiToken(token);
      const claims = readToken(token, { key, nowMs: nowMs() });
      const [user, isRevoked] = await Promise.all([users.findById(claims.sub), users.isTokenRevoked(claims.jti)]);
      if (user === null) throw invalidToken();
      const isCurrent = claims.token_version === user.tokenVersion || claims.jti === user.sparedTokenId;
      if (isRevoked || !isCurrent) throw endedToken();
      return identityOf(user, claims);
    },

    async logout({ identity }) {
      if (identity.scope !== null || identity.expiresAtMs === null) throw notALogIn();
      await users.revokeToken(identity.tokenId, new Date(identity.expiresAtMs));
      broadcast('auth.revoked', { tokenId: identity.tokenId });
      return null;
    },

    me: ({ identity }) =>
      Promise.resolve({
        id: identity.userId,
        username: identity.username,
        role: identity.role,
        expires_at: identity.expiresAtMs === null ? null : new Date(identity.expiresAtMs).toISOString(),
        scope: identity.scope,
      }),

    async changePassword(change) {
      const { identity, new_password: password } = change;
      changeThrottle.check(identity.tokenId);
      checkNewPassword({ username: identity.username, password, field: 'new_password' });
      await gate.run(async () => {
        const { id, passwordHash: expectedHash } = await findForChange(change);
        const replacement = { expectedHash, spareTokenId: identity.tokenId };
        const changed = await users.changePassword(id, await hashPassword(password), replacement);
        if (changed === null)
          throw new PerfwatchError('conflict', 'The password was changed from elsewhere at the same time; log in again');
      });
      broadcast('auth.revoked', { userId: identity.userId, exceptTokenId: identity.tokenId });
      return null;
    },
  };
}
