/** Somewhere to go: a page, or a host's live page. */
export interface Destination {
  label: string;
  /** What kind of thing it is. */
  kind: 'Page' | 'Host';
  /** Router commands. */
  link: readonly string[];
}

export const PAGES: readonly Destination[] = [
  { label: 'Hosts', kind: 'Page', link: ['/hosts'] },
  { label: 'History', kind: 'Page', link: ['/history'] },
  { label: 'Compare', kind: 'Page', link: ['/compare'] },
  { label: 'Settings', kind: 'Page', link: ['/settings'] },
];

export const hostDestination = (host: string): Destination => ({ label: host, kind: 'Host', link: ['/hosts', host] });

/** More than this is a list to read, not to choose from. */
const MOST_FOUND = 12;

/** Destinations whose name has every word that was typed: those that begin with it first, otherwise as they come. */
export function findDestinations(destinations: readonly Destination[], typed: string): Destination[] {
  const text = typed.trim().toLowerCase();
  const words = text.split(/\s+/);
  const rank = ({ label }: Destination) => (label.toLowerCase().startsWith(text) ? 0 : 1);
  return destinations
    .filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)))
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, MOST_FOUND);
}
