import { hostname } from 'node:os';
import { resolve } from 'node:path';
import {
  DEFAULT_INTERVAL_MS,
  MAX_INTERVAL_MS,
  MIN_INTERVAL_MS,
  PerfwatchError,
  newPasswordSchema,
  toSubjectToken,
  usernameSchema,
  type ProblemIssue,
} from '@perfwatch/contract';
import { EnvironmentReader, type Environment } from './environment.ts';
import { LOG_LEVELS, type LogLevel } from './logging.ts';
import { sslModeFault, TlsConfigReader, type TlsConfig } from './tls-config.ts';
import { originsFault, originsIn, proxiesFault, proxiesIn } from './web-access.ts';

/** Everything the environment says, parsed and checked once. The only reader of process.env. */
export interface PerfwatchConfig {
  httpHost: string;
  httpPort: number;
  /** Path that PerfWatch is served below, begins and ends with `/`. */
  basePath: string;
  /** Origins besides its own whose pages may use the API and live data, as browsers write them. */
  allowedOrigins: readonly string[];
  /** Networks (CIDR) of the proxies whose `X-Forwarded-*` says where a request comes from. */
  trustedProxies: readonly string[];
  /** Absolute. */
  dataDir: string;
  /** Comma separated. Null: `perfwatch up` starts an embedded nats-server. */
  natsUrl: string | null;
  natsCredsFile: string | null;
  /** What `perfwatch up` has its collectors use instead of `natsUrl` and `natsCredsFile`, which are the services'. Null: the same. */
  natsCollectorUrl: string | null;
  natsCollectorCredsFile: string | null;
  /** Where the embedded nats-server listens. */
  natsHost: string;
  natsPort: number;
  /** Null: `perfwatch up` starts an embedded PostgreSQL. */
  databaseUrl: string | null;
  databasePort: number;
  /** A subject token. */
  hostId: string;
  intervalMs: number;
  procRoot: string;
  sysRoot: string;
  rootRoot: string;
  /** What this machine's memory was measured to carry, read and written together. Null: not known. */
  memoryBandwidthBytesPerSec: number | null;
  /** Whether file systems on other machines are asked for their size too. */
  networkMounts: boolean;
  adminUser: string;
  /** Null: generated when the first administrator is made. */
  adminPassword: string | null;
  /** Null: generated into the data directory. */
  jwtSecret: string | null;
  /** Checks tokens but signs none: the signing key before this one. */
  jwtSecretPrevious: string | null;
  /** Where commands find the API. Null: where this configuration has it. */
  apiUrl: string | null;
  /** What commands show the API. */
  apiToken: string | null;
  /** Whether `/metrics` is there without a token. */
  metricsOpen: boolean;
  tls: TlsConfig;
  logLevel: LogLevel;
}

const REPOSITORY_ROOT = resolve(import.meta.dirname, '../../..');
const MIN_JWT_SECRET_BYTES = 32;
/** 32 random bytes have about 27 different base64 characters; a word or a key pressed down has far fewer. */
const MIN_JWT_SECRET_VARIETY = 12;

/** What is wrong with each server of a comma separated list of NATS URLs; null when all can be used. */
function natsUrlFault(urls: string): string | null {
  for (const text of urls.split(',')) {
    const server = text.trim();
    const url = URL.parse(server.includes('://') ? server : `nats://${server}`);
    if (url === null || url.hostname === '' || !['nats:', 'tls:'].includes(url.protocol)) {
      return 'must be nats:// or tls:// URLs, comma separated, such as nats://user:password@127.0.0.1:4222';
    }
  }
  return null;
}

function databaseUrlFault(text: string): string | null {
  const url = URL.parse(text);
  const usable = url !== null && ['postgres:', 'postgresql:'].includes(url.protocol) && url.pathname.length > 1;
  return usable ? sslModeFault(url) : 'must be a PostgreSQL URL, such as postgres://user:password@127.0.0.1:5432/perfwatch';
}

function jwtSecretFault(secret: string): string | null {
  const weak = Buffer.byteLength(secret) < MIN_JWT_SECRET_BYTES || new Set(secret).size < MIN_JWT_SECRET_VARIETY;
  return weak ? `is too weak to sign with: use ${MIN_JWT_SECRET_BYTES} random bytes or more, as openssl rand -base64 48 prints` : null;
}

function httpUrlFault(text: string): string | null {
  const url = URL.parse(text);
  const isUsable = url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.search === '';
  return isUsable ? null : 'must be an http:// or https:// URL, such as https://perfwatch.example.com';
}

/** What fits into a header as it is. */
const tokenFault = (token: string): string | null => (/^[\x21-\x7e]+$/.test(token) ? null : 'must be a token without spaces');

/** First parts of addresses that are PerfWatch's own: below one of them its addresses would mean two things. */
const OWN_PATHS = ['api', 'docs', 'health', 'metrics', 'socket.io', 'login', 'hosts', 'history', 'compare', 'settings'];

function basePathFault(path: string): string | null {
  if (!/^\/(?:[A-Za-z0-9_-][A-Za-z0-9._~-]*\/)*$/.test(path)) {
    return 'must begin and end with / and hold nothing but letters, digits and - . _ ~ between, such as /perfwatch/';
  }
  const [, first = ''] = path.split('/');
  return OWN_PATHS.includes(first) ? `must not begin with /${first}/, which PerfWatch itself uses` : null;
}

const listed = (list: string | null, entries: (list: string) => string[]): string[] => (list === null ? [] : entries(list));

const schemaFault =
  (schema: typeof usernameSchema) =>
  (text: string): string | null =>
    schema.safeParse(text).error?.issues[0]?.message ?? null;

/**
 * The configuration in `env`; an empty variable counts as unset.
 * Throws PerfwatchError('bad_input') with one line for each bad variable: its name, its value unless it is a secret, what is allowed.
 */
export function loadConfig(env: Environment): PerfwatchConfig {
  const issues: ProblemIssue[] = [];
  const read = new EnvironmentReader(env, issues);
  const port = { min: 0, max: 65_535 };
  const natsUrl = read.secret('PERFWATCH_NATS_URL', natsUrlFault);
  const natsCollectorUrl = read.secret('PERFWATCH_NATS_COLLECTOR_URL', natsUrlFault);
  const databaseUrl = read.secret('PERFWATCH_DATABASE_URL', databaseUrlFault);
  const config: PerfwatchConfig = {
    httpHost: read.text('PERFWATCH_HTTP_HOST') ?? '127.0.0.1',
    httpPort: read.integer('PERFWATCH_HTTP_PORT', port) ?? 8080,
    basePath: read.checked('PERFWATCH_BASE_PATH', basePathFault) ?? '/',
    allowedOrigins: listed(read.checked('PERFWATCH_ALLOWED_ORIGINS', originsFault), originsIn),
    trustedProxies: listed(read.checked('PERFWATCH_TRUSTED_PROXIES', proxiesFault), proxiesIn),
    dataDir: resolve(read.text('PERFWATCH_DATA_DIR') ?? resolve(REPOSITORY_ROOT, '.perfwatch')),
    natsUrl,
    natsCredsFile: read.file('PERFWATCH_NATS_CREDS_FILE'),
    natsCollectorUrl,
    natsCollectorCredsFile: read.file('PERFWATCH_NATS_COLLECTOR_CREDS_FILE'),
    natsHost: read.text('PERFWATCH_NATS_HOST') ?? '127.0.0.1',
    natsPort: read.integer('PERFWATCH_NATS_PORT', port) ?? 4222,
    databaseUrl,
    databasePort: read.integer('PERFWATCH_DATABASE_PORT', port) ?? 0,
    hostId: toSubjectToken(read.text('PERFWATCH_HOST_ID') ?? hostname()),
    intervalMs: read.integer('PERFWATCH_INTERVAL_MS', { min: MIN_INTERVAL_MS, max: MAX_INTERVAL_MS }) ?? DEFAULT_INTERVAL_MS,
    procRoot: read.directory('PERFWATCH_PROCFS') ?? '/proc',
    sysRoot: read.directory('PERFWATCH_SYSFS') ?? '/sys',
    rootRoot: read.directory('PERFWATCH_ROOTFS') ?? '/',
    memoryBandwidthBytesPerSec: read.integer('PERFWATCH_MEMORY_BANDWIDTH_BYTES_PER_SEC', { min: 1, max: Number.MAX_SAFE_INTEGER }),
    networkMounts: (read.oneOf('PERFWATCH_NETWORK_MOUNTS', ['on', 'off'] as const) ?? 'off') === 'on',
    adminUser: read.checked('PERFWATCH_ADMIN_USER', schemaFault(usernameSchema)) ?? 'admin',
    adminPassword: read.secret('PERFWATCH_ADMIN_PASSWORD', schemaFault(newPasswordSchema)),
    jwtSecret: read.secret('PERFWATCH_JWT_SECRET', jwtSecretFault),
    jwtSecretPrevious: read.secret('PERFWATCH_JWT_SECRET_PREVIOUS', jwtSecretFault),
    apiUrl: read.checked('PERFWATCH_API_URL', httpUrlFault),
    apiToken: read.secret('PERFWATCH_API_TOKEN', tokenFault),
    metricsOpen: (read.oneOf('PERFWATCH_METRICS_OPEN', ['on', 'off'] as const) ?? 'off') === 'on',
    tls: new TlsConfigReader(read, issues).config({ natsUrls: [natsUrl, natsCollectorUrl], databaseUrl }),
    logLevel: read.oneOf('PERFWATCH_LOG_LEVEL', LOG_LEVELS) ?? 'info',
  };
  if (issues.length === 0 && config.jwtSecretPrevious !== null && config.jwtSecret === null) {
    issues.push({ path: 'PERFWATCH_JWT_SECRET_PREVIOUS', message: 'is set but PERFWATCH_JWT_SECRET is not' });
  }
  if (issues.length === 0) return config;
  const lines = issues.map(({ path, message }) => `${path} ${message}`);
  throw new PerfwatchError('bad_input', lines.join('\n'), { issues });
}
