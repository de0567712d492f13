import type { LogLevel } from './logging.ts';

/** Everything the environment says, parsed and checked once. The only reader of process.env. */
export interface PerfwatchConfig {
  httpHost: string;
  httpPort: number;
  dataDir: string;
  /** Null: `perfwatch up` starts an embedded nats-server. */
  natsUrl: string | null;
  natsCredsFile: string | null;
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
  adminUser: string;
  /** Null: generated when the first administrator is made. */
  adminPassword: string | null;
  /** Null: generated into the data directory. */
  jwtSecret: string | null;
  logLevel: LogLevel;
}
