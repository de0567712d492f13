import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ProblemIssue } from '@perfwatch/contract';
import type { EnvironmentReader } from './environment.ts';

/** PEM files, absolute. */
export interface CertificateFiles {
  /** The certificate, followed by those in between, if any. */
  certFile: string;
  keyFile: string;
}

/** How connections are encrypted, and whom they are to believe. */
export interface TlsConfig {
  /** Who signed NATS' certificate. Null: one of those that Node trusts. */
  natsCaFile: string | null;
  /** What this process shows NATS; null: nothing. */
  natsCertificate: CertificateFiles | null;
  /** Who signed PostgreSQL's certificate. Null: one of those that Node trusts. */
  databaseCaFile: string | null;
  /** What the gateway shows browsers; null: it speaks HTTP. */
  httpCertificate: CertificateFiles | null;
}

const VERIFYING_MODES = ['verify-ca', 'verify-full'];
/** Those of libpq but for `allow` and `prefer`, which whoever sits in between can talk out of it. */
const SSL_MODES = ['disable', 'require', ...VERIFYING_MODES];

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What is wrong with the `sslmode` of a database URL; null when nothing is. */
export function sslModeFault(databaseUrl: URL): string | null {
  const mode = databaseUrl.searchParams.get('sslmode');
  return mode === null || SSL_MODES.includes(mode) ? null : `has sslmode=${mode} but must have one of ${SSL_MODES.join(', ')}, or none`;
}

/** Reads `PERFWATCH_..._CA_FILE`, `..._CERT_FILE` and `..._KEY_FILE`, and notes what is wrong with them. */
export class TlsConfigReader {
  readonly #read: EnvironmentReader;
  readonly #issues: ProblemIssue[];

  constructor(read: EnvironmentReader, issues: ProblemIssue[]) {
    this.#read = read;
    this.#issues = issues;
  }

  /** The configuration that goes with these servers. */
  config({ natsUrls, databaseUrl }: { natsUrls: readonly (string | null)[]; databaseUrl: string | null }): TlsConfig {
    const natsCaFile = this.#authority('PERFWATCH_NATS_CA_FILE');
    const natsCertificate = this.#certificate('PERFWATCH_NATS');
    const databaseCaFile = this.#authority('PERFWATCH_DATABASE_CA_FILE');
    const isNatsPlain = natsUrls.every((urls) => urls?.includes('tls://') !== true);
    if (isNatsPlain && natsCaFile !== null) this.#refuse('PERFWATCH_NATS_CA_FILE', 'is set but PERFWATCH_NATS_URL has no tls:// server');
    if (isNatsPlain && natsCertificate !== null)
      this.#refuse('PERFWATCH_NATS_CERT_FILE', 'is set but PERFWATCH_NATS_URL has no tls:// server');
    const mode = URL.parse(databaseUrl ?? '')?.searchParams.get('sslmode') ?? '';
    if (databaseCaFile !== null && !VERIFYING_MODES.includes(mode))
      this.#refuse('PERFWATCH_DATABASE_CA_FILE', 'is set but PERFWATCH_DATABASE_URL does not end in ?sslmode=verify-full');
    return { natsCaFile, natsCertificate, databaseCaFile, httpCertificate: this.#certificate('PERFWATCH_TLS') };
  }

  #authority(name: string): string | null {
    const path = this.#read.file(name);
    return path === null || this.#isCertificate(name, path) ? path : null;
  }

  #certificate(prefix: string): CertificateFiles | null {
    const [certName, keyName] = [`${prefix}_CERT_FILE`, `${prefix}_KEY_FILE`];
    const [certFile, keyFile] = [this.#read.file(certName), this.#read.file(keyName)];
    const isSet = (name: string) => this.#read.text(name) !== null;
    if (isSet(certName) !== isSet(keyName)) {
      const [given, missing] = isSet(certName) ? [certName, keyName] : [keyName, certName];
      return this.#refuse(given, `is set but ${missing} is not`);
    }
    if (certFile === null || keyFile === null || !this.#isCertificate(certName, certFile)) return null;
    try {
      const fits = new X509Certificate(readFileSync(certFile)).checkPrivateKey(createPrivateKey(readFileSync(keyFile)));
      return fits ? { certFile, keyFile } : this.#refuse(keyName, `names a key that does not belong to the certificate of ${certName}`);
    } catch (error) {
      return this.#refuse(keyName, `names ${keyFile}, which is no private key in PEM: ${causeOf(error)}`);
    }
  }

  #isCertificate(name: string, path: string): boolean {
    try {
      new X509Certificate(readFileSync(path));
      return true;
    } catch (error) {
      this.#refuse(name, `names ${path}, which is no certificate in PEM: ${causeOf(error)}`);
      return false;
    }
  }

  #refuse(name: string, message: string): null {
    this.#issues.push({ path: name, message });
    return null;
  }
}
