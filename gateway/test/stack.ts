import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openBus, type Bus } from '@perfwatch/bus';
import type { ControlEventName, ControlEvents, LoginReply, Sample } from '@perfwatch/contract';
import { createLogger, defineService, loadConfig, runServices, type Logger, type ServiceDefinition } from '@perfwatch/service-kit';
import { openGateway, type Gateway, type GatewayOptions, type LiveLimits } from '../src/index.ts';

export const ADMIN_PASSWORD = 'horse-staple-battery-9';

export interface StackOptions {
  natsUrl: string;
  databaseUrl: string;
  /** What runs beside the gateway. */
  services: readonly ServiceDefinition[];
  liveLimits?: Partial<LiveLimits>;
  /** What else the gateway is opened with. */
  gatewayOptions?: Partial<GatewayOptions>;
  dashboardDir?: string;
  metricsOpen?: boolean;
  /** Settings besides those that a stack has. */
  env?: Record<string, string>;
  log?: Logger;
}

/** A gateway on a free port with real services behind it. */
export interface Stack {
  readonly url: string;
  readonly gateway: Gateway;
  /** Publishes as a collector elsewhere would. */
  readonly bus: Bus;
  broadcast<E extends ControlEventName>(event: E, payload: ControlEvents[E]): void;
  login(username: string, password: string): Promise<string>;
  stop(): Promise<void>;
}

export const quiet = createLogger({ level: 'fatal', name: 'test', pretty: false });

interface Opened {
  gateway: Gateway;
  broadcast: Stack['broadcast'];
}

/** The gateway as its service runs it, but on a free port that is told. */
function gatewayOnFreePort(
  options: Pick<StackOptions, 'liveLimits' | 'gatewayOptions' | 'dashboardDir' | 'metricsOpen'>,
  opened: (stack: Opened) => void,
) {
  return defineService({
    name: 'gateway',
    needsStore: false,
    async start(context) {
      const gateway = await openGateway({
        host: '127.0.0.1',
        port: 0,
        bus: context.bus,
        log: context.log,
        dashboardDir: options.dashboardDir ?? '/nonexistent',
        basePath: '/',
        metricsOpen: options.metricsOpen ?? false,
        liveLimits: options.liveLimits ?? {},
        call: (action, params, callOptions) => context.call(action, params, callOptions),
        clusterHealth: () => context.clusterHealth(),
        cluster: (limits) => context.cluster(limits),
        ...options.gatewayOptions,
      });
      opened({ gateway, broadcast: (event, payload) => context.broadcast(event, payload) });
      return {
        actions: {},
        events: {
          'settings.changed': (config) => gateway.sendConfig(config),
          'annotation.removed': (removed) => gateway.sendAnnotationRemoved(removed),
          'auth.revoked': (revoked) => gateway.revoke(revoked),
        },
        stop: () => gateway.stop(),
      };
    },
  });
}

export async function startStack({ natsUrl, databaseUrl, services, env = {}, log = quiet, ...options }: StackOptions): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'perfwatch-gateway-'));
  const config = loadConfig({
    PERFWATCH_NATS_URL: natsUrl,
    PERFWATCH_DATABASE_URL: databaseUrl,
    PERFWATCH_DATA_DIR: dataDir,
    PERFWATCH_ADMIN_PASSWORD: ADMIN_PASSWORD,
    PERFWATCH_HOST_ID: 'server-1',
    ...env,
  });
  const opened = Promise.withResolvers<Opened>();
  const definitions = [...services, gatewayOnFreePort(options, opened.resolve)];
  const runner = await runServices({ definitions, config, log });
  const { gateway, broadcast } = await opened.promise;
  const bus = openBus({ servers: natsUrl, name: 'gateway tests', log });
  await bus.connected(20_000);
  return {
    url: gateway.url,
    gateway,
    bus,
    broadcast,
    login: async (username, password) => {
      const reply = await fetch(`${gateway.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password }),
      });
      if (!reply.ok) throw new Error(`log-in failed: ${reply.status} ${await reply.text()}`);
      const { access_token } = (await reply.json()) as LoginReply;
      return access_token;
    },
    stop: async () => {
      await bus.close();
      await runner.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface SampleParts {
  host?: string;
  collector?: string;
  seq: number;
  /** Metrics besides the one that carries `seq`. */
  padding?: number;
  run?: string;
}

const START_MS = Math.floor(Date.now() / 1000) * 1000 - 60_000;

/** The Sample number `seq`, of the last minute. */
export function sampleAt({ host = 'web-1', collector = 'cpu', seq, padding = 0, run = 'r1' }: SampleParts): Sample {
  const ts = new Date(START_MS + seq * 100).toISOString();
  const pads = Object.fromEntries(Array.from({ length: padding }, (_, index) => [`padding_${index}_bytes`, index * 1_000_003]));
  return {
    host,
    collector,
    ts,
    run,
    seq,
    interval_ms: 100,
    elapsed_ms: 100,
    status: 'ok',
    reason: null,
    metrics: { load_1m: seq, ...pads },
  };
}

/** Waits for as long as a busy machine may need; what never comes true is an error. */
export async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + 40_000;
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error(`never happened: ${what}`);
    await delay(10);
  }
}
