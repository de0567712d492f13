import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where every log of a whole test run is kept, with the secrets that were used beside it; unset where nobody looks at them. */
const FOLDER_VARIABLE = 'TEST_LOG_FOLDER';
const MAX_SECRET_FILE_BYTES = 65_536;
/** What is generated: long, of letters and digits. */
const GENERATED = /[A-Za-z0-9_+=-][A-Za-z0-9_+/=-]{19,}/g;
const SECRET_VARIABLE = /PASSWORD|SECRET|TOKEN|KEY|_URL$/;

let files = 0;

const logFolder = (): string | null => process.env[FOLDER_VARIABLE] ?? null;

function write(name: string, text: string): void {
  const folder = logFolder();
  if (folder === null || text === '') return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  files += 1;
  writeFileSync(join(folder, `${process.pid}-${files}-${name}`), text, { mode: 0o600 });
}

/** Tells of a secret that a test has made use of: the log of no process may hold it. */
export function noteSecret(secret: string): void {
  write('secrets', `${secret}\n`);
}

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .map((name) => join(folder, name))
        .filter((file) => statSync(file).isFile() && statSync(file).size <= MAX_SECRET_FILE_BYTES)
    : [];

/** Passwords of the embedded servers, signing keys, credentials: everything generated that a data directory keeps for itself. */
function generatedIn(dataDir: string): string[] {
  const texts = ['secrets', 'nats', 'postgres']
    .flatMap((folder) => filesIn(join(dataDir, folder)))
    .map((file) => readFileSync(file, 'utf8'));
  const words = texts.flatMap((text) => text.replaceAll(dataDir, ' ').match(GENERATED) ?? []);
  return words.filter((word) => /\d/.test(word) && /[a-z]/i.test(word));
}

/** The passwords of URLs, and what is a secret as a whole. */
function secretsOf(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!SECRET_VARIABLE.test(name)) return [];
    if (!name.endsWith('_URL')) return [value];
    return [...value.matchAll(/:\/\/[^/@]*:([^/@]+)@/g)].map(([, password = '']) => decodeURIComponent(password));
  });
}

/** Keeps what a process has printed, with the secrets that it was given or has made. */
export function keepLog({ output, env }: { output: string; env: Readonly<Record<string, string>> }): void {
  if (logFolder() === null) return;
  const dataDir = env['PERFWATCH_DATA_DIR'];
  const secrets = [...secretsOf(env), ...(dataDir === undefined ? [] : generatedIn(dataDir))];
  write('log', output);
  write('secrets', [...new Set(secrets)].map((secret) => `${secret}\n`).join(''));
}
