/** A path within this site: what comes from an address bar may be anyone's. The first page where it is none. */
export function ownPath(from: string | undefined): string {
  return from !== undefined && /^\/(?![/\\])/.test(from) ? from : '/';
}

const PAGE_NAMES: Readonly<Record<string, string>> = { hosts: 'the hosts', history: 'History', compare: 'Compare', settings: 'Settings' };

/** What a path leads to, in words; null for the first page and for what is no page. */
export function pageName(path: string): string | null {
  const [page, host] = path
    .replace(/[?#].*$/, '')
    .split('/')
    .filter(Boolean);
  if (page === 'hosts' && host !== undefined) return decoded(host);
  return page === undefined ? null : (PAGE_NAMES[page] ?? null);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
