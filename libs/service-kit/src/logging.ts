import { createRequire } from 'node:module';
import { pino, type Logger as PinoLogger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type Logger = PinoLogger;

export interface LoggerOptions {
  level: LogLevel;
  /** Who writes: a process (`server`) or a command. */
  name: string;
  /** Coloured lines for a person instead of JSON. Default: when stdout is a terminal. */
  pretty?: boolean;
}

/** Fields that never reach a log, wherever a line carries them. */
const SECRET_FIELDS = ['password', 'token', 'secret', 'authorization', 'access_token'];

type PrettyStream = (options: {
  colorize: boolean;
  ignore: string;
  translateTime: string;
  singleLine: boolean;
  sync: boolean;
}) => NodeJS.WritableStream;

const isPrettyStream = (value: unknown): value is PrettyStream => typeof value === 'function';

/** pino-pretty costs megabytes and a container never needs it, so it is loaded by the processes that write to a terminal alone. */
function prettyStream(): NodeJS.WritableStream {
  const loaded: unknown = createRequire(import.meta.url)('pino-pretty');
  if (!isPrettyStream(loaded)) throw new TypeError('pino-pretty does not export a function');
  return loaded({ colorize: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true, sync: true });
}

/** A logger to stdout: JSON lines with ISO times, or coloured text. */
export function createLogger({ level, name, pretty = process.stdout.isTTY }: LoggerOptions): Logger {
  const options = {
    level,
    name,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: [...SECRET_FIELDS, ...SECRET_FIELDS.map((field) => `*.${field}`)],
  };
  return pretty ? pino(options, prettyStream()) : pino(options);
}
