import { isIP } from 'node:net';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** The entries of a comma separated list. */
const entriesOf = (list: string): string[] => list.split(',').map((entry) => entry.trim());

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.origin === text.toLowerCase();
}

/** What is wrong with a list of origins, as browsers send them; null when all can be used. */
export function originsFault(list: string): string | null {
  const wrong = entriesOf(list).find((entry) => !isOrigin(entry));
  return wrong === undefined
    ? null
    : `must be origins, comma separated, each a scheme, a name and a port where it is not the usual one, such as https://wall.example:8443; "${wrong}" is none`;
}

/** `https://wall.example`, as browsers write it. */
export const originsIn = (list: string): string[] => entriesOf(list).map((entry) => entry.toLowerCase());

function networkFault(entry: string): string | null {
  if (entry === 'loopback') return null;
  const [address = '', prefix, ...more] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return `"${entry}" is none`;
  if (prefix === undefined) return null;
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(bits <= (family === 4 ? 32 : 128))) return `"${entry}" is none`;
  return bits === 0 ? `"${entry}" would let anyone say where they come from` : null;
}

/** What is wrong with a list of proxies; null when all can be used. */
export function proxiesFault(list: string): string | null {
  const fault = entriesOf(list)
    .map(networkFault)
    .find((one) => one !== null);
  return fault === undefined
    ? null
    : `must be addresses, networks or the word loopback, comma separated, such as loopback,10.1.0.0/16; ${fault}`;
}

/** Networks in CIDR notation. */
export function proxiesIn(list: string): string[] {
  return entriesOf(list).flatMap((entry) => {
    if (entry === 'loopback') return LOOPBACK;
    return entry.includes('/') ? [entry] : [`${entry}/${isIP(entry) === 4 ? 32 : 128}`];
  });
}
