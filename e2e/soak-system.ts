import { LaunchedPerfwatch, startTestNats, startTestPostgres, type TestNats, type TestServer } from '@perfwatch/testing';
import { startSystem, type RunningSystem } from './running-system.ts';

/** Something that is killed and comes back. */
export interface Victim {
  readonly name: string;
  /** SIGKILL; resolves when it has ended. */
  kill: () => Promise<void>;
  /** Resolves when it has been started; at once where something else does that. */
  revive: () => Promise<void>;
}

export interface SoakSystem {
  readonly nats: TestNats;
  readonly postgres: TestServer;
  /** Collectors and the server side, kept running by the launcher. */
  readonly system: RunningSystem;
  readonly victims: readonly Victim[];
  /** What a process that ended by itself had printed. */
  endedByThemselves: () => string[];
  stop: () => Promise<void>;
}

/** One more replica of a service, in a process of its own, as a container runs it. */
class Replica implements Victim {
  readonly name: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #onEnd: (output: string) => void;
  #launched: LaunchedPerfwatch | null = null;

  constructor({ service, env, onEnd }: { service: string; env: Readonly<Record<string, string>>; onEnd: (output: string) => void }) {
    this.name = service;
    this.#env = env;
    this.#onEnd = onEnd;
  }

  revive(): Promise<void> {
    const launched = new LaunchedPerfwatch({ args: ['run', this.name], env: this.#env });
    this.#launched = launched;
    void launched.exitCode.then((code) => {
      if (this.#launched === launched) this.#onEnd(`${this.name} ended with ${code}:\n${launched.stdout}${launched.stderr}`);
    });
    return Promise.resolve();
  }

  async kill(): Promise<void> {
    const launched = this.#launched;
    this.#launched = null;
    launched?.signal('SIGKILL');
    await launched?.exitCode;
  }
}

const serverVictim = (name: string, server: TestServer): Victim => ({
  name,
  kill: () => server.kill(),
  revive: () => server.restart(),
});

/** The launcher starts it again, later each time when it does not last. */
const serverProcessVictim = (system: RunningSystem): Victim => ({
  name: 'server process',
  kill() {
    try {
      process.kill(system.pidOf('server'), 'SIGKILL');
    } catch {
      // The launcher has not started it again yet.
    }
    return Promise.resolve();
  },
  revive: () => Promise.resolve(),
});

/**
 * Everything `npm start` runs, on a nats-server and a PostgreSQL that can be killed, with one more replica of persistence and of retention.
 * PostgreSQL runs with fsync off: what a process has written is the kernel's and outlives a kill -9 of that process; fsync is for a
 * crash of the machine.
 */
export async function startSoakSystem({ env }: { env: Readonly<Record<string, string>> }): Promise<SoakSystem> {
  const [nats, postgres] = await Promise.all([startTestNats(), startTestPostgres()]);
  const external = { PERFWATCH_NATS_URL: nats.url, PERFWATCH_DATABASE_URL: postgres.url };
  const ended: string[] = [];
  const system = await startSystem({ env: { ...external, ...env } });
  const replicaEnv = { ...external, PERFWATCH_DATA_DIR: system.dataDir };
  const replicas = ['persistence', 'retention'].map(
    (service) => new Replica({ service, env: replicaEnv, onEnd: (output) => ended.push(output) }),
  );
  for (const replica of replicas) await replica.revive();
  return {
    ...{ nats, postgres, system },
    victims: [serverVictim('nats-server', nats), serverVictim('PostgreSQL', postgres), ...replicas, serverProcessVictim(system)],
    endedByThemselves: () => ended,
    async stop() {
      await Promise.all(replicas.map((replica) => replica.kill()));
      await system.stop();
      system.remove();
      await Promise.all([nats.dispose(), postgres.dispose()]);
    },
  };
}
