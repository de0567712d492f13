import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCertificate {
  certFile: string;
  keyFile: string;
}

/** A certificate authority of a test's own, made by openssl, in files that `dispose` deletes. */
export class TestAuthority {
  readonly #dir = mkdtempSync(join(tmpdir(), 'perfwatch-authority-'));
  readonly caFile = join(this.#dir, 'ca.pem');
  readonly #keyFile = join(this.#dir, 'ca-key.pem');

  constructor() {
    const subject = ['-subj', '/CN=PerfWatch test authority', '-days', '2'];
    this.#openssl('req', '-x509', ...newKey(this.#keyFile), ...subject, '-out', this.caFile);
  }

  /** One that is good for `names`: `DNS:localhost`, `IP:127.0.0.1`. */
  issue(...names: string[]): TestCertificate {
    const [certFile, keyFile, request, extensions] = ['cert', 'key', 'request', 'extensions'].map((part) =>
      join(this.#dir, `${names.join('-').replaceAll(/[^\w-]/g, '_')}.${part}.pem`),
    ) as [string, string, string, string];
    writeFileSync(extensions, `subjectAltName=${names.join(',')}\n`);
    this.#openssl('req', ...newKey(keyFile), '-subj', '/CN=PerfWatch test', '-out', request);
    const signer = ['-CA', this.caFile, '-CAkey', this.#keyFile, '-CAcreateserial', '-days', '2'];
    this.#openssl('x509', '-req', '-in', request, ...signer, '-extfile', extensions, '-out', certFile);
    return { certFile, keyFile };
  }

  /** What a client is to trust. */
  get certificate(): Buffer {
    return readFileSync(this.caFile);
  }

  dispose(): void {
    rmSync(this.#dir, { recursive: true });
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}

const newKey = (keyFile: string): string[] => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
