import { PerfwatchError, type Actions } from '@perfwatch/contract';
import type { Logger, RunningService, ServiceContext } from '@perfwatch/service-kit';
import type { ApiTokenRepository, LoginFailureRepository, SessionRepository, Store, User, UserRepository } from '@perfwatch/store';
import { endedToken } from './access-token.ts';
import { looksLikeApiToken } from './api-token.ts';
import { ChangeThrottle } from './change-throttle.ts';
import type { LogInEvents } from './log-in-events.ts';
import { createLoginSessions, type LoginSessions } from './login-sessions.ts';
import { LoginThrottle } from './login-throttle.ts';
import { checkNewPassword } from './new-password.ts';
import { hashPassword, isOutdated, isPassword } from './password-hash.ts';
import type { SigningKeys } from './signing-key.ts';
import { createApiTokenCheck } from './token-administration.ts';
import { createWorkGate } from './work-gate.ts';

/** Half of libuv's four threads: the rest stay free for files and names while people log in. */
const MAX_HASHES_AT_ONCE = 2;
/** Nine seconds of them. */
const MAX_HASHES_WAITING = 64;

export interface AuthenticationOptions {
  users: UserRepository;
  apiTokens: ApiTokenRepository;
  loginFailures: LoginFailureRepository;
  sessions: SessionRepository;
  atomically: Store['atomically'];
  logInEvents: LogInEvents;
  keys: SigningKeys;
  broadcast: ServiceContext['broadcast'];
  log: Logger;
  /** The wall clock, for tokens. */
  nowMs?: () => number;
}

/** The actions of the service `auth` that concern one's own account. */
export interface Authentication
  extends
    Pick<RunningService<'auth'>['actions'], 'login' | 'verify' | 'logout' | 'me' | 'changePassword'>,
    Omit<LoginSessions, 'start' | 'verify'> {}

const wrongCurrentPassword = (): PerfwatchError => {
  const issue = { path: 'current_password', message: 'is not your password' };
  return new PerfwatchError('bad_input', `${issue.path} ${issue.message}`, { issues: [issue] });
};

const notALogIn = (): PerfwatchError =>
  new PerfwatchError('conflict', 'This is an API token, which no log-out ends', { hint: 'Remove it with DELETE /api/tokens/:id.' });

/** Log-in, tokens and password changes over `users`. What `broadcast` tells is already in the database. */
export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { users, apiTokens, sessions, atomically, logInEvents, keys, broadcast, log, loginFailures, nowMs = Date.now } = options;
  const {
    start,
    verify: verifyAccessToken,
    ...sessionActions
  } = createLoginSessions({
    sessions,
    atomically,
    logInEvents,
    keys,
    broadcast,
    log,
    nowMs,
  });
  const verifyApiToken = createApiTokenCheck({ tokens: apiTokens, log, nowMs });
  const gate = createWorkGate({ maxRunning: MAX_HASHES_AT_ONCE, maxWaiting: MAX_HASHES_WAITING });
  const loginThrottle = new LoginThrottle(loginFailures);
  const changeThrottle = new ChangeThrottle(loginFailures);

  async function findByPassword({ username, password, address }: Actions['auth.login']['params']): Promise<User> {
    const attempt = await loginThrottle.begin({ username, address });
    const user = await users.findByUsername(username);
    if ((await isPassword(password, user?.passwordHash ?? null)) && user !== null) {
      await attempt.succeeded(user.id);
      const { id, passwordHash: expectedHash } = user;
      if (isOutdated(expectedHash)) await users.rehash(id, { expectedHash, passwordHash: await hashPassword(password) });
      return user;
    }
    await attempt.failed();
    // Not the name as typed: people type their password there.
    log.warn({ address, userId: user?.id ?? null }, 'log-in refused');
    logInEvents.refused({ address, username: user?.username ?? null, reason: 'wrong_password' });
    throw new PerfwatchError('unauthorized', 'Wrong user name or password');
  }

  async function findForChange({ identity, current_password: password, by }: Actions['auth.changePassword']['params']): Promise<User> {
    const attempt = await changeThrottle.begin(identity.tokenId);
    const user = await users.findById(identity.userId);
    if (user === null) throw endedToken();
    if (await isPassword(password, user.passwordHash)) {
      await attempt.succeeded();
      return user;
    }
    await attempt.failed();
    log.warn({ userId: user.id }, 'password change refused');
    logInEvents.refused({ address: by.address, username: user.username, reason: 'wrong_current_password' });
    throw wrongCurrentPassword();
  }

  return {
    ...sessionActions,

    async login(attempt) {
      const { address } = attempt;
      try {
        await loginThrottle.check(attempt);
        const user = await gate.run(() => findByPassword(attempt));
        const started = await start(user, attempt);
        logInEvents.succeeded({ userId: user.id, username: user.username, apiTokenId: null, address });
        return started;
      } catch (error) {
        const isThrottled = error instanceof PerfwatchError && error.code === 'too_many_requests';
        if (isThrottled) logInEvents.refused({ address, username: null, reason: 'too_many_tries' });
        throw error;
      }
    },

    verify: ({ token }) => (looksLikeApiToken(token) ? verifyApiToken(token) : verifyAccessToken(token)),

    async logout({ identity, by }) {
      if (identity.scope !== null) throw notALogIn();
      await atomically(async (within) => {
        await within.sessions.end({ id: identity.tokenId, userId: identity.userId });
        await within.auditEvents.write({ action: 'logout', by, target: null });
      });
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
      await changeThrottle.check(identity.tokenId);
      checkNewPassword({ username: identity.username, password, field: 'new_password' });
      await gate.run(async () => {
        const { id, passwordHash: expectedHash } = await findForChange(change);
        const replacement = { expectedHash, spareSessionId: identity.tokenId };
        const passwordHash = await hashPassword(password);
        await atomically(async (within) => {
          if ((await within.users.changePassword(id, passwordHash, replacement)) === null)
            throw new PerfwatchError('conflict', 'The password was changed from elsewhere at the same time; log in again');
          await within.auditEvents.write({ action: 'password_changed', by: change.by, target: identity.username });
        });
      });
      broadcast('auth.revoked', { userId: identity.userId, exceptTokenId: identity.tokenId });
      return null;
    },
  };
}
