export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres.ts';
export { findNatsServer, reloadNats, startNatsServer, type NatsServer, type NatsServerOptions } from './nats.ts';
export { addCollectorCredentials, listCollectorCredentials, removeCollectorCredentials, type CollectorCredentials } from './nats-users.ts';
export { findFreePort } from './free-port.ts';
export { endLeftoverServers } from './leftovers.ts';
