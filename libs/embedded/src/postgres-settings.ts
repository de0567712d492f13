/** Role and database that PerfWatch uses; the superuser has no password and no way in. */
export const DATABASE_ROLE = 'perfwatch';
export const DATABASE_NAME = 'perfwatch';

/** Who may connect: the role, to its database, from this machine, with its password. */
export const HOST_BASED_AUTHENTICATION = `# Written by PerfWatch at every start.
host ${DATABASE_NAME} ${DATABASE_ROLE} 127.0.0.1/32 scram-sha-256
`;

/** A small server for one machine's monitoring: memory is what it must save, commits are as durable as ever. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '50',
  shared_buffers: '32MB',
  work_mem: '8MB',
  maintenance_work_mem: '32MB',
  huge_pages: 'off',
  jit: 'off',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  autovacuum_max_workers: '2',
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  wal_compression: 'on',
  checkpoint_timeout: '15min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
};

/** Only for tests: a crash of the machine would cost the data. */
const THROW_AWAY_SETTINGS: Readonly<Record<string, string>> = { fsync: 'off', full_page_writes: 'off' };

/** Arguments of postgres(1). */
export function settingArguments({ port, isDurable }: { port: number; isDurable: boolean }): string[] {
  const settings = { ...SETTINGS, ...(isDurable ? {} : THROW_AWAY_SETTINGS), port: String(port) };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
