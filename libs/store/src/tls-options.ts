import { readFileSync } from 'node:fs';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';

/** A database URL as the driver takes it: it reads `sslmode` in a way of its own, so that is taken out and said in `ssl`. */
export interface DatabaseAddress {
  url: string;
  ssl: ConnectionOptions | false;
}

/**
 * How to connect to `url`, by libpq's `sslmode`: absent or `disable`, `require` (whoever answers is believed), `verify-ca`, `verify-full`.
 * `caFile` says in PEM who may have signed the certificate; null: whom Node trusts. Throws for a file that cannot be read.
 * See https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export function databaseAddress(url: string, caFile: string | null): DatabaseAddress {
  const parsed = URL.parse(url);
  if (parsed === null) return { url, ssl: false };
  const mode = parsed.searchParams.get('sslmode') ?? 'disable';
  parsed.searchParams.delete('sslmode');
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  return { url: parsed.href, ssl: mode === 'disable' ? false : verification(mode, { host, caFile }) };
}

function verification(mode: string, { host, caFile }: { host: string; caFile: string | null }): ConnectionOptions {
  if (mode === 'require') return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    ...(caFile === null ? {} : { ca: readFileSync(caFile) }),
    // The driver names no host for an address, and TLS would look for "localhost" in the certificate.
    checkServerIdentity: (_name, certificate) => (mode === 'verify-ca' ? undefined : checkServerIdentity(host, certificate)),
  };
}
