import { readFileSync, statSync } from 'node:fs';
import type { RequestListener, ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { CertificateFiles, Logger } from '@perfwatch/service-kit';

export interface TlsServerOptions {
  certificate: CertificateFiles;
  /** What is asked of a server without TLS, too. */
  http: ServerOptions;
  /** Of a connection on which nothing moves. */
  silentConnectionMs: number;
  log: Logger;
}

/** A client that does not get through the handshake holds no connection for long. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A certificate that was renewed is used from then on. */
const RENEWAL_CHECKED_EVERY_MS = 60_000;

const readPair = ({ certFile, keyFile }: CertificateFiles) => ({ cert: readFileSync(certFile), key: readFileSync(keyFile) });
const changedAtMs = ({ certFile, keyFile }: CertificateFiles) => Math.max(statSync(certFile).mtimeMs, statSync(keyFile).mtimeMs);

/** Node's HTTPS server, TLS 1.2 or later, with the certificate in the files, which are read again when they change. Throws when they cannot be read. */
export function createTlsServer(listener: RequestListener, { certificate, http, silentConnectionMs, log }: TlsServerOptions): Server {
  const server = createServer(
    { ...http, ...readPair(certificate), minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_TIMEOUT_MS },
    listener,
  );
  server.setTimeout(silentConnectionMs);
  let readAtMs = changedAtMs(certificate);
  const renew = () => {
    try {
      const atMs = changedAtMs(certificate);
      if (atMs === readAtMs) return;
      readAtMs = atMs;
      server.setSecureContext(readPair(certificate));
      log.info('the certificate was renewed');
    } catch (error) {
      log.error({ err: error }, 'the certificate cannot be renewed: the one there was goes on');
    }
  };
  const timer = setInterval(renew, RENEWAL_CHECKED_EVERY_MS).unref();
  server.once('close', () => clearInterval(timer));
  return server;
}
