import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerfwatchError } from '@perfwatch/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

const STRONG_SECRET = 'q9T2xV7mZ4kLr8WnB3sYc6HdJ1fPgE5uAaXoMiRt';

describe('configuration from the environment', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'perfwatch-config-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const fileWith = (contents: string): string => {
    const path = join(dir, 'value');
    writeFileSync(path, contents);
    return path;
  };
  const complaintsAbout = (env: Record<string, string>): string => {
    try {
      loadConfig(env);
    } catch (error) {
      if (error instanceof PerfwatchError && error.code === 'bad_input') return error.message;
      throw error;
    }
    return '';
  };

  it('has a default for everything', () => {
    expect(loadConfig({})).toMatchObject({ httpHost: '127.0.0.1', httpPort: 8080, intervalMs: 1000, procRoot: '/proc', natsUrl: null });
    expect(loadConfig({}).dataDir).toMatch(/^\/.*\/\.perfwatch$/);
  });

  it('takes an empty variable as unset', () => {
    expect(loadConfig({ PERFWATCH_INTERVAL_MS: '', PERFWATCH_JWT_SECRET: ' ' })).toMatchObject({ intervalMs: 1000, jwtSecret: null });
  });

  it('takes the signing key before the present one, and only beside that', () => {
    const [before, now] = [STRONG_SECRET, `${STRONG_SECRET}2`];
    expect(loadConfig({ PERFWATCH_JWT_SECRET: now, PERFWATCH_JWT_SECRET_PREVIOUS_FILE: fileWith(`${before}\n`) })).toMatchObject({
      jwtSecret: now,
      jwtSecretPrevious: before,
    });
    expect(loadConfig({ PERFWATCH_JWT_SECRET: now })).toMatchObject({ jwtSecretPrevious: null });
    expect(complaintsAbout({ PERFWATCH_JWT_SECRET_PREVIOUS: before })).toBe(
      'PERFWATCH_JWT_SECRET_PREVIOUS is set but PERFWATCH_JWT_SECRET is not',
    );
    expect(complaintsAbout({ PERFWATCH_JWT_SECRET: now, PERFWATCH_JWT_SECRET_PREVIOUS: 'weak' })).toMatch(
      /^PERFWATCH_JWT_SECRET_PREVIOUS is too weak/,
    );
  });

  it('makes a host name a subject token', () => {
    expect(loadConfig({ PERFWATCH_HOST_ID: 'web-1.example.com' }).hostId).toBe('web-1_example_com');
  });

  it('names the variable, the value and what is allowed', () => {
    expect(complaintsAbout({ PERFWATCH_INTERVAL_MS: 'abc' })).toBe(
      'PERFWATCH_INTERVAL_MS is "abc" but must be a whole number from 100 to 60000',
    );
    expect(complaintsAbout({ PERFWATCH_INTERVAL_MS: '99' })).toContain('from 100 to 60000');
    expect(complaintsAbout({ PERFWATCH_HTTP_PORT: '65536' })).toContain('from 0 to 65535');
    expect(complaintsAbout({ PERFWATCH_LOG_LEVEL: 'loud' })).toContain('must be one of trace, debug');
    expect(complaintsAbout({ PERFWATCH_SYSFS: join(dir, 'absent') })).toContain('must be a directory that exists');
  });

  it('opens /metrics only where that is said', () => {
    expect(loadConfig({}).metricsOpen).toBe(false);
    expect(loadConfig({ PERFWATCH_METRICS_OPEN: 'on' }).metricsOpen).toBe(true);
    expect(complaintsAbout({ PERFWATCH_METRICS_OPEN: 'yes' })).toContain('must be one of on, off');
  });

  it('takes where the API is and a token for it, which is never shown', () => {
    const file = fileWith('pw_secret\n');
    const taken = loadConfig({ PERFWATCH_API_URL: 'https://example.com/perfwatch', PERFWATCH_API_TOKEN_FILE: file });
    expect(taken).toMatchObject({ apiUrl: 'https://example.com/perfwatch', apiToken: 'pw_secret' });
    expect(loadConfig({})).toMatchObject({ apiUrl: null, apiToken: null });
    for (const url of ['example.com', 'ftp://example.com', 'http://user:password@example.com', 'http://example.com?a=b']) {
      expect(complaintsAbout({ PERFWATCH_API_URL: url })).toContain('must be an http:// or https:// URL');
    }
    const complaint = complaintsAbout({ PERFWATCH_API_TOKEN: 'two words' });
    expect(complaint).toContain('must be a token without spaces');
    expect(complaint).not.toContain('two');
  });

  it('takes a path to be served below, and says what one looks like', () => {
    expect(loadConfig({}).basePath).toBe('/');
    for (const path of ['/', '/perfwatch/', '/ops/perf-watch.2/']) expect(loadConfig({ PERFWATCH_BASE_PATH: path }).basePath).toBe(path);
    for (const path of ['perfwatch', '/perfwatch', 'perfwatch/', '//', '/a b/', '/../', '/"x/', 'https://x/']) {
      expect(complaintsAbout({ PERFWATCH_BASE_PATH: path })).toContain('such as /perfwatch/');
    }
    expect(complaintsAbout({ PERFWATCH_BASE_PATH: '/api/v2/' })).toContain('must not begin with /api/');
  });

  it('reads the origins whose pages may use it', () => {
    expect(loadConfig({}).allowedOrigins).toEqual([]);
    const listed = 'https://Wall.example, http://10.0.0.5:8081';
    expect(loadConfig({ PERFWATCH_ALLOWED_ORIGINS: listed }).allowedOrigins).toEqual(['https://wall.example', 'http://10.0.0.5:8081']);
    for (const bad of [
      '*',
      'null',
      'wall.example',
      'https://wall.example/',
      'https://wall.example/x',
      'ftp://a',
      'https://a,',
      'https://u:p@a',
      'https://a:443',
    ])
      expect(complaintsAbout({ PERFWATCH_ALLOWED_ORIGINS: bad })).toMatch(
        /^PERFWATCH_ALLOWED_ORIGINS is ".*" but must be origins, comma separated/,
      );
  });

  it('reads the proxies that are trusted, and none that anyone could be', () => {
    expect(loadConfig({}).trustedProxies).toEqual([]);
    expect(loadConfig({ PERFWATCH_TRUSTED_PROXIES: 'loopback, 10.1.0.0/16,fd00::1' }).trustedProxies).toEqual([
      '127.0.0.0/8',
      '::1/128',
      '10.1.0.0/16',
      'fd00::1/128',
    ]);
    for (const bad of ['nginx', '10.0.0.0/33', '::1/129', '10.0.0.0/x', '10.0.0.0/8/8', '10.0.0', 'true', '1'])
      expect(complaintsAbout({ PERFWATCH_TRUSTED_PROXIES: bad })).toContain(
        `PERFWATCH_TRUSTED_PROXIES is "${bad}" but must be addresses, networks`,
      );
    for (const anyone of ['0.0.0.0/0', '::/0'])
      expect(complaintsAbout({ PERFWATCH_TRUSTED_PROXIES: anyone })).toContain('would let anyone');
  });

  it('complains about every bad variable at once, one line each', () => {
    expect(complaintsAbout({ PERFWATCH_INTERVAL_MS: 'abc', PERFWATCH_HTTP_PORT: '-1' }).split('\n')).toHaveLength(2);
  });

  it('reads a secret from the file that its _FILE variable names', () => {
    const path = fileWith('postgres://perfwatch:secret@db/perfwatch\n');
    expect(loadConfig({ PERFWATCH_DATABASE_URL_FILE: path }).databaseUrl).toBe('postgres://perfwatch:secret@db/perfwatch');
    expect(complaintsAbout({ PERFWATCH_DATABASE_URL_FILE: join(dir, 'absent') })).toContain('PERFWATCH_DATABASE_URL_FILE names a file');
    expect(complaintsAbout({ PERFWATCH_DATABASE_URL_FILE: path, PERFWATCH_DATABASE_URL: 'postgres://a/b' })).toContain('set one of them');
  });

  it('never shows a secret in a complaint', () => {
    const bad = { PERFWATCH_JWT_SECRET: 'hunter2', PERFWATCH_ADMIN_PASSWORD: 'hunter2', PERFWATCH_NATS_URL: 'http://u:hunter2@n' };
    expect(complaintsAbout(bad).split('\n')).toHaveLength(3);
    expect(complaintsAbout(bad)).not.toContain('hunter2');
  });

  it('refuses a signing secret that can be guessed, and says how to make one', () => {
    expect(complaintsAbout({ PERFWATCH_JWT_SECRET: 'a'.repeat(64) })).toContain('openssl rand -base64 48');
    expect(complaintsAbout({ PERFWATCH_JWT_SECRET: 'secret'.repeat(10) })).toContain('openssl rand -base64 48');
    expect(loadConfig({ PERFWATCH_JWT_SECRET: STRONG_SECRET }).jwtSecret).toBe(STRONG_SECRET);
  });

  it('takes several NATS servers, with or without a scheme', () => {
    expect(loadConfig({ PERFWATCH_NATS_URL: 'nats://u:p@a:4222,b:4222' }).natsUrl).toBe('nats://u:p@a:4222,b:4222');
    expect(complaintsAbout({ PERFWATCH_NATS_URL: 'nats://a,,b' })).toContain('PERFWATCH_NATS_URL must be nats://');
  });
});
