/** Parses os-release(5): keys to values, quotes and escapes removed. Never throws; lines that are no assignment are skipped. */
export function parseOsRelease(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (match === null) continue;
    const [, key = '', raw = ''] = match;
    const quoted = /^(["'])(.*)\1$/.exec(raw);
    values.set(key, (quoted?.[2] ?? raw).replace(/\\(["'$`\\])/g, '$1'));
  }
  return values;
}
