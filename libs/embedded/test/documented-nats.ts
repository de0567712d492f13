import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../src/free-port.ts';
import { ServerProcess } from '../src/server-process.ts';

const DOCUMENT = new URL('../../../docs/nats.md', import.meta.url);
const READY_TIMEOUT_MS = 30_000;

/** The configuration for a server of one's own, as the document has it. */
function documentedConfiguration(): string {
  const found = /```\n(jetstream:[^]*?)```/.exec(readFileSync(DOCUMENT, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${DOCUMENT.pathname} has no configuration`);
  return found;
}

/** A nats-server with the configuration that the document tells people to use. */
export async function startDocumentedNats(program: string) {
  const dir = mkdtempSync(join(tmpdir(), 'perfwatch-documented-nats-'));
  const port = await findFreePort();
  const file = join(dir, 'nats.conf');
  writeFileSync(file, `listen: "127.0.0.1:${port}"\n${documentedConfiguration().replace('/var/lib/nats', dir)}`);
  const server = await ServerProcess.start({
    title: 'nats-server',
    command: { file: program, args: ['-c', file] },
    env: {},
    isReady: (line) => line.includes('Server is ready'),
    isFatal: (line) => line.includes('[FTL]'),
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const urlOf = (name: string, password: string) => `nats://${name}:${password}@127.0.0.1:${port}`;
  return {
    url: urlOf('service', 'change-me-1'),
    readerUrl: urlOf('grafana', 'change-me-2'),
    stolenUrl: urlOf('web-1', 'change-me-3'),
    publicUrl: null,
    stop: async () => {
      await server.stop(['SIGTERM', 'SIGKILL'], READY_TIMEOUT_MS);
      rmSync(dir, { recursive: true });
    },
  };
}
