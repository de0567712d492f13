import { createHash, randomBytes } from 'node:crypto';
import { PerfwatchError } from '@perfwatch/contract';
import type { Logger, PerfwatchConfig } from '@perfwatch/service-kit';
import { BEARER_LIFETIME_SECONDS } from './access-token.ts';
import { createSecretFile, readSecretFile, replaceSecretFile, secretPath } from './secret-file.ts';

/** HS256 asks for a key as long as its digest (RFC 7518, section 3.2). */
const KEY_BYTES = 32;
const KEY_ID_BYTES = 9;
/** How often running services look at the file, and how soon again for a key they do not know. */
const LOOK_EVERY_MS = 60_000;
const LOOK_AGAIN_AFTER_MS = 1000;
/** A key that signs no more: the longest life of a token, and time for every service to have learnt of the new key. */
const RETIRED_FOR_MS = BEARER_LIFETIME_SECONDS * 1000 + 10 * LOOK_EVERY_MS;

export interface SigningKey {
  /** The `kid` of tokens signed with it, RFC 7515 section 4.1.4. It tells nothing of the secret. */
  kid: string;
  secret: string;
}

/** What signs access tokens and checks them. */
export interface SigningKeys {
  /** Signs new tokens. */
  current(): SigningKey;
  /** The secret of a key that is still accepted; null for any other. */
  find(kid: string): Promise<string | null>;
  /** Looks for new keys no more. */
  close(): void;
}

/** One line of the key file: a secret, and `until` a time where it signs no more. The first line signs. */
interface KeptKey extends SigningKey {
  untilMs: number | null;
}

type KeyPlace = Pick<PerfwatchConfig, 'jwtSecret' | 'jwtSecretPrevious' | 'dataDir'>;

const keyIdOf = (secret: string): string =>
  createHash('sha256').update(`perfwatch key ${secret}`).digest().subarray(0, KEY_ID_BYTES).toString('base64url');

const keyOf = (secret: string): SigningKey => ({ kid: keyIdOf(secret), secret });

const LINE = /^(\S+)(?: until (\S+))?$/;

/** Null for what is no line of a key file. */
function parseLine(line: string): KeptKey | null {
  const [, secret = '', until] = LINE.exec(line) ?? [];
  const untilMs = until === undefined ? null : Date.parse(until);
  return Buffer.byteLength(secret) < KEY_BYTES || Number.isNaN(untilMs) ? null : { ...keyOf(secret), untilMs };
}

const writeLine = ({ secret, untilMs }: KeptKey): string =>
  untilMs === null ? secret : `${secret} until ${new Date(untilMs).toISOString()}`;

/** Throws PerfwatchError('unavailable') when the file holds anything else. */
async function readKeys(path: string): Promise<KeptKey[] | null> {
  const text = await readSecretFile(path);
  if (text === null) return null;
  const keys = text.split('\n').map(parseLine);
  const known = keys.filter((key) => key !== null);
  if (known.length === keys.length) return known;
  throw new PerfwatchError('unavailable', `${path} does not hold signing keys`, {
    hint: 'Remove the file to have a new key made; programs then log in again, browsers renew their tokens by themselves',
  });
}

const makeSecret = (): string => randomBytes(KEY_BYTES).toString('base64url');
const pathIn = (dataDir: string): string => secretPath(dataDir, 'jwt');

async function readOrMakeKeys(path: string): Promise<KeptKey[]> {
  const kept = await readKeys(path);
  if (kept !== null) return kept;
  await createSecretFile(path, makeSecret());
  return (await readKeys(path)) ?? [];
}

function fixedKeys(secret: string, previous: string | null): SigningKeys {
  const keys = [secret, ...(previous === null ? [] : [previous])].map(keyOf);
  const current = keyOf(secret);
  return {
    current: () => current,
    find: (kid) => Promise.resolve(keys.find((key) => key.kid === kid)?.secret ?? null),
    close: () => undefined,
  };
}

interface KeyFileOptions {
  path: string;
  log: Pick<Logger, 'warn' | 'info'>;
  nowMs: () => number;
}

/** The keys of a file that `perfwatch keys rotate` may change at any time. */
class KeyFile implements SigningKeys {
  readonly #options: KeyFileOptions;
  readonly #timer: NodeJS.Timeout;
  #keys: readonly [KeptKey, ...KeptKey[]];
  #lookedAtMs = performance.now();
  #looking: Promise<void> | null = null;

  constructor(keys: readonly [KeptKey, ...KeptKey[]], options: KeyFileOptions) {
    this.#keys = keys;
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  current(): SigningKey {
    return this.#keys[0];
  }

  async find(kid: string): Promise<string | null> {
    // Bounded, or tokens that anyone makes up would have the file read as often as they come.
    if (this.#accepted(kid) === null && performance.now() - this.#lookedAtMs > LOOK_AGAIN_AFTER_MS) await this.#look();
    else if (this.#looking !== null) await this.#looking;
    return this.#accepted(kid);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #accepted(kid: string): string | null {
    const key = this.#keys.find((one) => one.kid === kid);
    return key === undefined || (key.untilMs !== null && key.untilMs <= this.#options.nowMs()) ? null : key.secret;
  }

  async #look(): Promise<void> {
    this.#looking ??= this.#read().finally(() => {
      this.#looking = null;
    });
    await this.#looking;
  }

  async #read(): Promise<void> {
    this.#lookedAtMs = performance.now();
    const { path, log } = this.#options;
    try {
      const [first, ...others] = (await readKeys(path)) ?? [];
      if (first === undefined) return;
      if (first.kid !== this.#keys[0].kid) log.info({ kid: first.kid }, 'tokens are signed with a new key');
      this.#keys = [first, ...others];
    } catch (error) {
      log.warn({ err: error }, 'the signing keys could not be read again; those known go on');
    }
  }
}

export interface OpenSigningKeysOptions {
  config: KeyPlace;
  log: Pick<Logger, 'warn' | 'info'>;
  /** The wall clock. */
  nowMs?: () => number;
}

/**
 * PERFWATCH_JWT_SECRET and the one before it, or else the keys in `<data directory>/secrets/jwt`, where the first is made once.
 * Replicas on different machines must be given the same PERFWATCH_JWT_SECRET. Throws PerfwatchError('unavailable') when there is no key to use.
 */
export async function openSigningKeys({ config, log, nowMs = Date.now }: OpenSigningKeysOptions): Promise<SigningKeys> {
  if (config.jwtSecret !== null) return fixedKeys(config.jwtSecret, config.jwtSecretPrevious);
  const path = pathIn(config.dataDir);
  const [first, ...others] = await readOrMakeKeys(path);
  if (first === undefined) throw new PerfwatchError('unavailable', `${path} could not be made`);
  return new KeyFile([first, ...others], { path, log, nowMs });
}

export interface RotateSigningKeyOptions {
  config: KeyPlace;
  /** Whether tokens of the keys before are refused as soon as every service knows, within a minute. */
  dropsOld: boolean;
  nowMs?: () => number;
}

/**
 * Makes a new key, which running services sign with within a minute; the ones before are accepted for as long as a token of theirs may live.
 * Answers until when, null where there is none. Throws PerfwatchError: 'bad_input' where the key is not ours to make, 'unavailable' when the file
 * cannot be used.
 */
export async function rotateSigningKey({ config, dropsOld, nowMs = Date.now }: RotateSigningKeyOptions): Promise<Date | null> {
  if (config.jwtSecret !== null) {
    throw new PerfwatchError('bad_input', 'PERFWATCH_JWT_SECRET is set: the key is yours to change', {
      hint: 'Set PERFWATCH_JWT_SECRET_PREVIOUS to the present secret and PERFWATCH_JWT_SECRET to a new one, and start the auth services again.',
    });
  }
  const path = pathIn(config.dataDir);
  const now = nowMs();
  const retiredUntilMs = now + RETIRED_FOR_MS;
  const old = dropsOld ? [] : ((await readKeys(path)) ?? []);
  const retired = old.map((key) => ({ ...key, untilMs: key.untilMs ?? retiredUntilMs })).filter(({ untilMs }) => untilMs > now);
  await replaceSecretFile(path, [makeSecret(), ...retired.map(writeLine)].join('\n'));
  return retired.length === 0 ? null : new Date(retiredUntilMs);
}
