import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import { credsAuthenticator, type ConnectionOptions as NatsOptions, type TlsOptions } from 'nats';

export interface NatsAddress {
  /** NATS URLs, comma separated; the first that carries credentials gives them. */
  servers: string;
  /** A `.creds` file made by nsc; null or absent when the URLs carry credentials or none are needed. */
  credsFile?: string | null | undefined;
  tls?: NatsTls | undefined;
  /** Shown in the server's monitoring. */
  name: string;
}

/** For `tls://` servers; PEM files. */
export interface NatsTls {
  /** Who signed the servers' certificates; null: whom Node trusts. */
  caFile: string | null;
  /** What the client shows; null: nothing. */
  certificate: { certFile: string; keyFile: string } | null;
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

/** A server that would do without TLS is refused; one is believed whose certificate names it. */
function tlsOptions(
  hosts: readonly string[],
  { caFile, certificate }: NatsTls,
): TlsOptions & Pick<ConnectionOptions, 'checkServerIdentity'> {
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  return {
    ...(caFile === null ? {} : { caFile }),
    ...certificate,
    // The client names no host for an address, and TLS would look for "localhost" in the certificate.
    checkServerIdentity: (name, shown) => {
      if (hosts.includes(name) || addresses.length === 0) return checkServerIdentity(name, shown);
      const faults = addresses.map((address) => checkServerIdentity(address, shown));
      return faults.includes(undefined) ? undefined : faults[0];
    },
  };
}

/**
 * What the NATS client connects with, for the data plane and for Moleculer alike: the client itself ignores credentials in a URL.
 * Throws TypeError for an address that is no URL and the file system's error for a credentials file that cannot be read.
 */
export function natsOptions({ servers, credsFile, tls = { caFile: null, certificate: null }, name }: NatsAddress): NatsOptions {
  const urls = servers.split(',').map((server) => new URL(server.includes('://') ? server.trim() : `nats://${server.trim()}`));
  return {
    servers: urls.map(({ host }) => host),
    ...credentialsOf(urls),
    ...(credsFile === null || credsFile === undefined ? {} : { authenticator: credsAuthenticator(readFileSync(credsFile)) }),
    ...(urls.some(({ protocol }) => protocol === 'tls:')
      ? {
          tls: tlsOptions(
            urls.map(({ hostname }) => hostname.replace(/^\[(.*)\]$/, '$1')),
            tls,
          ),
        }
      : {}),
    name,
    // Half-open links are noticed within half a minute.
    pingInterval: 10_000,
    maxPingOut: 2,
    timeout: 5000,
    // A password may be put right on the server: keep trying.
    ignoreAuthErrorAbort: true,
  };
}
