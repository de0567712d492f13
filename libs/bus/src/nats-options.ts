import { readFileSync } from 'node:fs';
import { credsAuthenticator, type ConnectionOptions } from 'nats';

export interface NatsAddress {
  /** NATS URLs, comma separated; the first that carries credentials gives them. */
  servers: string;
  /** A `.creds` file made by nsc; null or absent when the URLs carry credentials or none are needed. */
  credsFile?: string | null | undefined;
  /** Shown in the server's monitoring. */
  name: string;
}

interface Credentials {
  user?: string;
  pass?: string;
  token?: string;
}

/** `user:password@` is a user, a lone `token@` is a token, as the nats command line reads them. */
function credentialsOf(urls: readonly URL[]): Credentials {
  const url = urls.find(({ username }) => username !== '');
  if (url === undefined) return {};
  const name = decodeURIComponent(url.username);
  return url.password === '' ? { token: name } : { user: name, pass: decodeURIComponent(url.password) };
}

/**
 * What the NATS client connects with, for the data plane and for Moleculer alike: the client itself ignores credentials in a URL.
 * Throws TypeError for an address that is no URL and the file system's error for a credentials file that cannot be read.
 */
export function natsOptions({ servers, credsFile, name }: NatsAddress): ConnectionOptions {
  const urls = servers.split(',').map((server) => new URL(server.includes('://') ? server.trim() : `nats://${server.trim()}`));
  return {
    servers: urls.map(({ host }) => host),
    ...credentialsOf(urls),
    ...(credsFile === null || credsFile === undefined ? {} : { authenticator: credsAuthenticator(readFileSync(credsFile)) }),
    ...(urls.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
    name,
    // Half-open links are noticed within half a minute.
    pingInterval: 10_000,
    maxPingOut: 2,
    timeout: 5000,
    // A password may be put right on the server: keep trying.
    ignoreAuthErrorAbort: true,
  };
}
