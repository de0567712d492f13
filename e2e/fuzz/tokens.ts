import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { z } from 'zod';
import { SeededRandom } from '../soak-random.ts';
import { HostileValues } from './hostile-values.ts';
import { forEachAtOnce, Sender } from './send.ts';
import { Tally } from './tally.ts';
import type { FuzzTarget } from './target.ts';

const AT_ONCE = 8;
/** What the connection may do without any token that is valid. */
const REFUSED = new Set([400, 401, 403, 429, 431]);
const PATHS = ['/api/auth/me', '/api/users', '/api/history/metrics/types', '/metrics', '/api/audit'];

const partSchema = z.record(z.string(), z.unknown());
const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Makes tokens that nobody may accept, out of one that is valid. */
class Forger {
  readonly #values: HostileValues;
  readonly #head: Record<string, unknown>;
  readonly #claims: Record<string, unknown>;
  readonly #parts: readonly string[];
  readonly #rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

  constructor(valid: string, values: HostileValues) {
    this.#values = values;
    this.#parts = valid.split('.');
    const read = (text = '') => partSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    this.#head = read(this.#parts[0]);
    this.#claims = read(this.#parts[1]);
  }

  token(): string {
    const [head = '', body = '', signature = ''] = this.#parts;
    const values = this.#values;
    const nowSeconds = Math.floor(Date.now() / 1000);
    const claims = this.#claims;
    const forged: readonly (() => string)[] = [
      () =>
        `${part({ ...this.#head, alg: values.pick(['none', 'None', 'nOnE', ''], 'none') })}.${body}.${values.chance(0.5) ? signature : ''}`,
      () => this.#hmac('sha256', this.#head, claims),
      () => this.#hmac('sha512', { ...this.#head, alg: 'HS512' }, claims),
      () => this.#signedWithRsa(),
      () => this.#hmac('sha256', { ...this.#head, kid: values.text(), jwk: { kty: 'oct', k: 'eA' }, jku: 'http://127.0.0.1/' }, claims),
      () => this.#hmac('sha256', this.#head, { ...claims, iat: nowSeconds - 200_000, exp: nowSeconds - 1 }),
      () => this.#hmac('sha256', this.#head, { ...claims, nbf: nowSeconds + 9999, iat: nowSeconds + 9999, exp: nowSeconds + 99_999 }),
      () => `${head}.${part({ ...claims, sub: '3f0c2c1e-58d5-4a68-9b19-1f0f1a6f2a11', role: 'admin' })}.${signature}`,
      () => `${head}.${part(values.spoilt(claims) ?? '')}.${signature}`,
      () => `${head}.${body}.${part(values.bytes(32).toString('latin1'))}`,
      () => `pw_${values.bytes(32).toString('base64url')}`,
      () =>
        `${head}.${body}.${signature}${values.pick(['=', '.', 'A', '~', ','], 'A')}`.slice(
          0,
          values.chance(0.5) ? undefined : -values.integer(20) - 3,
        ),
      () => values.bytes(values.integer(300)).toString('hex'),
    ];
    return values.pick(forged, () => '')();
  }

  #hmac(digest: string, head: unknown, claims: unknown): string {
    const text = `${part(head)}.${part(claims)}`;
    return `${text}.${createHmac(digest, this.#values.text()).update(text).digest('base64url')}`;
  }

  #signedWithRsa(): string {
    const text = `${part({ ...this.#head, alg: 'RS256' })}.${part(this.#claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), this.#rsa.privateKey).toString('base64url')}`;
  }
}

/** Half of what looks like a refresh token. */
const refreshPart = (values: HostileValues): string => values.bytes(32).toString('base64url');

/** Header values go as Latin-1 without line ends. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e\x80-\xff]/g, '?');

/** Forged tokens, and forged cookies where the browser's session is renewed. */
export async function fuzzTokens({ system, seed, count }: FuzzTarget): Promise<Tally> {
  const tally = new Tally('tokens and cookies');
  const values = new HostileValues(new SeededRandom(seed + 1));
  const forger = new Forger(await system.token(), values);
  const sender = new Sender(system.url, { maxSockets: AT_ONCE });
  const send = async (what: string, sent: Parameters<Sender['send']>[0]): Promise<void> => {
    const answer = await sender.send(sent).catch((error: unknown) => tally.fault(`${what} is not answered: ${String(error)}`));
    if (answer === undefined) return;
    tally.answered(what, answer);
    if (!REFUSED.has(answer.status)) tally.fault(`${what} is let in with ${answer.status}`);
  };
  try {
    await forEachAtOnce(count, AT_ONCE, async () => {
      const address = { 'x-forwarded-for': values.address() };
      const token = headerText(forger.token());
      if (values.chance(0.75)) {
        const path = values.pick(PATHS, '/api/users');
        const scheme = values.chance(0.9) ? 'Bearer ' : headerText(values.text());
        await send(`${path} with ${scheme}${token}`, { method: 'GET', path, headers: { ...address, authorization: `${scheme}${token}` } });
      } else {
        const name = `perfwatch_refresh_${new URL(system.url).port}`;
        const value = values.chance(0.5) ? token : values.pick([`${refreshPart(values)}.${refreshPart(values)}`, values.text()], '');
        const cookie = headerText(`${name}=${value}; ${values.text()}=${values.text()}`);
        const headers = {
          ...address,
          cookie,
          origin: system.url,
          'sec-fetch-site': 'same-origin',
          'x-perfwatch': '1',
          'content-length': '0',
        };
        await send(`a renewal with ${cookie}`, { method: 'POST', path: '/api/auth/refresh', headers });
      }
    });
  } finally {
    sender.close();
  }
  return tally;
}
