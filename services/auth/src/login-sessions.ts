import { PerfwatchError, type Caller, type Identity, type IssuedTokens, type LoginRequest, type SessionRecord } from '@perfwatch/contract';
import type { Logger, RunningService, ServiceContext } from '@perfwatch/service-kit';
import {
  SESSION_IDLE_MS,
  type LoginSession,
  type RefreshFamily,
  type RefreshHashes,
  type SessionRepository,
  type Store,
  type User,
} from '@perfwatch/store';
import { BEARER_LIFETIME_SECONDS, endedToken, issueToken, readToken, RENEWED_LIFETIME_SECONDS } from './access-token.ts';
import { clientName } from './client-name.ts';
import type { LogInEvents } from './log-in-events.ts';
import {
  generateRefreshToken,
  generateSalt,
  hashRefreshToken,
  isSameHash,
  nextRefreshToken,
  parseRefreshToken,
  writeRefreshToken,
  type RefreshToken,
} from './refresh-token.ts';
import type { SigningKeys } from './signing-key.ts';

const DAY_SECONDS = 24 * 3600;
/** A browser logs in again after so long, whatever it does. */
const BROWSER_SESSION_SECONDS = 30 * DAY_SECONDS;
/**
 * For so long after a rotation the token before gets the same answer again: two tabs that asked at the same time, or a page that was left before
 * the answer came, are no theft.
 */
const REPEATED_FOR_MS = 30_000;
const USE_NOTED_EVERY_MS = 60_000;

export interface LoginSessionsOptions {
  sessions: SessionRepository;
  atomically: Store['atomically'];
  logInEvents: LogInEvents;
  keys: SigningKeys;
  broadcast: ServiceContext['broadcast'];
  log: Logger;
  /** The wall clock. */
  nowMs?: () => number;
}

type Actions = RunningService<'auth'>['actions'];

export interface LoginSessions extends Pick<Actions, 'refresh' | 'listSessions' | 'endSession' | 'findEnded'> {
  /** Logs in `user`, whose password was checked just now. Throws PerfwatchError('unauthorized') where that does not hold any more. */
  start: (user: User, request: Pick<LoginRequest, 'session'> & Caller) => Promise<IssuedTokens>;
  /** Whose access token it is. Throws PerfwatchError('unauthorized') for one that is forged or over. */
  verify: (token: string) => Promise<Identity>;
}

const recordOf = (session: LoginSession, { tokenId }: Identity): SessionRecord => ({
  id: session.id,
  kind: session.isRenewable ? 'browser' : 'program',
  client: session.client,
  address: session.address,
  started_at: session.startedAt.toISOString(),
  last_used_at: session.lastUsedAt.toISOString(),
  expires_at: session.expiresAt.toISOString(),
  is_current: session.id === tokenId,
});

const noSuchSession = (): PerfwatchError =>
  new PerfwatchError('not_found', 'You have no such session', { hint: 'GET /api/auth/sessions lists them.' });

/** Whether `hashes` are of the token before the newest, in time to be answered once more. */
function isRepeated({ lastRotation }: RefreshFamily, { secretHash }: RefreshHashes, nowMs: number): boolean {
  return lastRotation !== null && nowMs - lastRotation.at.getTime() <= REPEATED_FOR_MS && isSameHash(lastRotation.previousHash, secretHash);
}

/** Log-ins as rows of `sessions`: each access token names its own and is over with it, on every replica at once. */
export function createLoginSessions(options: LoginSessionsOptions): LoginSessions {
  const { sessions, atomically, logInEvents, keys, broadcast, log, nowMs = Date.now } = options;
  const isOver = ({ expiresAt, lastUsedAt }: LoginSession): boolean =>
    expiresAt.getTime() <= nowMs() || lastUsedAt.getTime() <= nowMs() - SESSION_IDLE_MS;

  function issue({ id, userId, role, expiresAt }: LoginSession, refreshToken: RefreshToken | null): IssuedTokens {
    const nowSeconds = Math.floor(nowMs() / 1000);
    const remainingSeconds = Math.floor(expiresAt.getTime() / 1000) - nowSeconds;
    const lifetimeSeconds = refreshToken === null ? remainingSeconds : Math.min(RENEWED_LIFETIME_SECONDS, remainingSeconds);
    const subject = { userId, role, sessionId: id, expiresAt: nowSeconds + lifetimeSeconds };
    return {
      access_token: issueToken(subject, { keys, nowMs: nowMs() }),
      token_type: 'Bearer',
      expires_in: lifetimeSeconds,
      refresh:
        refreshToken === null
          ? null
          : { token: writeRefreshToken(refreshToken), lifetimeSeconds: Math.min(SESSION_IDLE_MS / 1000, remainingSeconds) },
    };
  }

  /** Somebody has a token that was taken for another already: who of the two is the owner cannot be told. */
  async function endStolen({ id, userId, username }: LoginSession, { address }: Caller): Promise<void> {
    log.warn({ userId, sessionId: id, address }, 'a refresh token was used twice: the session has ended');
    await sessions.end({ id, userId });
    logInEvents.stolen({ address, username });
    broadcast('auth.revoked', { tokenId: id });
  }

  /** What to answer to a token that is not the newest of its session. */
  async function answerOld(token: RefreshToken, caller: Caller): Promise<IssuedTokens> {
    const hashes = hashRefreshToken(token);
    const family = await sessions.findFamily(hashes.familyHash);
    if (family === null || isOver(family.session)) throw endedToken();
    const { lastRotation, session } = family;
    if (lastRotation !== null && isRepeated(family, hashes, nowMs())) return issue(session, nextRefreshToken(token, lastRotation.salt));
    await endStolen(session, caller);
    throw endedToken();
  }

  return {
    async start(user, { session: kind, address, userAgent }) {
      const refreshToken = kind === 'cookie' ? generateRefreshToken() : null;
      const at = new Date(nowMs());
      const lifetimeSeconds = refreshToken === null ? BEARER_LIFETIME_SECONDS : BROWSER_SESSION_SECONDS;
      const session = await sessions.start({
        userId: user.id,
        tokenVersion: user.tokenVersion,
        at,
        // Whole seconds, as in a token.
        expiresAt: new Date((Math.floor(at.getTime() / 1000) + lifetimeSeconds) * 1000),
        address,
        client: clientName(userAgent),
        refresh: refreshToken === null ? null : hashRefreshToken(refreshToken),
      });
      if (session === null) throw new PerfwatchError('unauthorized', 'Your account was changed at the same time; log in again');
      return issue(session, refreshToken);
    },

    async refresh({ token: text, address }) {
      const token = parseRefreshToken(text);
      if (token === null) throw endedToken();
      const salt = generateSalt();
      const next = nextRefreshToken(token, salt);
      const nextHash = hashRefreshToken(next).secretHash;
      const session = await sessions.rotate({ ...hashRefreshToken(token), nextHash, salt, at: new Date(nowMs()), address });
      return session === null ? answerOld(token, { address }) : issue(session, next);
    },

    async verify(token) {
      const claims = await readToken(token, { keys, nowMs: nowMs() });
      const session = await sessions.find(claims.sid, new Date(nowMs()));
      if (session === null || session.userId !== claims.sub) throw endedToken();
      if (nowMs() - session.lastUsedAt.getTime() >= USE_NOTED_EVERY_MS) noteUse([session.id]);
      const { id, userId, username, role } = session;
      return { userId, username, role, tokenId: id, expiresAtMs: claims.exp * 1000, scope: null };
    },

    listSessions: async ({ identity }) => ({
      sessions: (await sessions.list(identity.userId, new Date(nowMs()))).map((session) => recordOf(session, identity)),
    }),

    async endSession({ identity: { userId }, id, by }) {
      await atomically(async (within) => {
        if (!(await within.sessions.end({ id, userId }))) throw noSuchSession();
        await within.auditEvents.write({ action: 'session_ended', by, target: id });
      });
      log.info({ userId, sessionId: id }, 'session ended by its owner');
      broadcast('auth.revoked', { tokenId: id });
      return null;
    },

    async findEnded({ tokenIds }) {
      const ended = await sessions.findEnded(tokenIds, new Date(nowMs()));
      noteUse(tokenIds);
      return { tokenIds: ended };
    },
  };

  /** Nobody waits for it, and no request fails over it. */
  function noteUse(ids: readonly string[]): void {
    sessions.noteUse(ids, new Date(nowMs())).catch((error: unknown) => log.warn({ err: error }, 'the use of sessions was not noted'));
  }
}
