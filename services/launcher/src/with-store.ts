import { startPostgres } from '@perfwatch/embedded';
import { createLogger, type PerfwatchConfig } from '@perfwatch/service-kit';
import type { Store } from '@perfwatch/store';
import { dataPaths, openDataDirectory } from './data-directory.ts';
import { readInstance } from './instance-file.ts';

const DATABASE_WAIT_MS = 5000;

async function atUrl<T>(url: string, { tls }: PerfwatchConfig, work: (store: Store) => Promise<T>): Promise<T> {
  const { openStore } = await import('@perfwatch/store');
  const log = createLogger({ level: 'fatal', name: 'perfwatch' });
  const store = await openStore({ url, caFile: tls.databaseCaFile, log, poolSize: 1, waitMs: DATABASE_WAIT_MS });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Does `work` with the database that is configured, with the running one, or with the embedded one, started for this. */
export async function withStore<T>(config: PerfwatchConfig, work: (store: Store) => Promise<T>): Promise<T> {
  const url = config.databaseUrl ?? readInstance(config.dataDir)?.databaseUrl;
  if (url !== undefined) return atUrl(url, config, work);
  const directory = openDataDirectory(config.dataDir);
  try {
    const server = await startPostgres({ dir: dataPaths(config.dataDir).postgres, port: config.databasePort });
    try {
      return await atUrl(server.url, config, work);
    } finally {
      await server.stop();
    }
  } finally {
    directory.release();
  }
}
