import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shorter ones are words that a log may hold for other reasons. */
const LEAST_LENGTH = 8;
const SHAPES: readonly { name: string; pattern: RegExp }[] = [
  { name: 'a JWT', pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/g },
  { name: 'an API token', pattern: /\bpw_[\w-]{43}\b/g },
  { name: 'a password hash', pattern: /\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/g },
  { name: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----|-----BEGIN USER NKEY SEED-----/g },
  { name: 'a URL with a password', pattern: /\b[a-z]+:\/\/[^\s/@:"]*:[^\s/@"]+@/g },
];

interface KeptText {
  /** Of its file. */
  name: string;
  text: string;
}

interface Kept {
  logs: KeptText[];
  /** One in each line. */
  secrets: KeptText[];
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** The secrets in `logs`: those of `secrets`, and whatever has the shape of one. A line for each, which does not tell the secret itself. */
export function findSecrets({ logs, secrets }: Kept): string[] {
  const known = [...new Set(secrets.flatMap(({ text }) => text.split('\n')))].filter((secret) => secret.length >= LEAST_LENGTH);
  return logs.flatMap(({ name, text }) => {
    const used = known.flatMap((secret) => {
      const index = text.indexOf(secret);
      return index === -1 ? [] : [`${name}:${lineOf(text, index)}: a secret of ${secret.length} characters that the run has used`];
    });
    const shaped = SHAPES.flatMap((shape) =>
      [...text.matchAll(shape.pattern)].map(({ index }) => `${name}:${lineOf(text, index)}: ${shape.name}`),
    );
    return [...used, ...shaped];
  });
}

/** What `keepLog` and `noteSecret` have written into `folder`. */
export function readKept(folder: string): Kept {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const read = (kind: string): KeptText[] =>
    names.filter((name) => name.endsWith(`-${kind}`)).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  return { logs: read('log'), secrets: read('secrets') };
}

/** What is wrong with the logs of a run, a line each; that nothing was kept is wrong as well, as it would hide everything. */
export function logFaults(folder: string): string[] {
  const kept = readKept(folder);
  if (kept.logs.length === 0) return ['no log was kept'];
  if (kept.secrets.length === 0) return ['no secret was noted'];
  return findSecrets(kept);
}

if (import.meta.main) {
  const faults = logFaults(process.argv[2] ?? '');
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
