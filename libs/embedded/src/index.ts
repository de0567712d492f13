export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres.ts';
export { findNatsServer, isLoopback, reloadNats, startNatsServer, type NatsServer, type NatsServerOptions } from './nats.ts';
export {
  addCredentials,
  listCredentials,
  removeCredentials,
  type CredentialsKind,
  type NatsCredentials,
  type NewCredentials,
} from './nats-users.ts';
export { findFreePort } from './free-port.ts';
export { endLeftoverServers } from './leftovers.ts';
