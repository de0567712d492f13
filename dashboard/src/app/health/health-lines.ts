import type { Readiness } from '@perfwatch/contract';

/** One thing that is not as it should be, in words. */
export interface HealthLine {
  name: string;
  text: string;
  isDown: boolean;
}

/** What a collector cannot do it says on its own panel, with every Sample. */
const COLLECTOR = /^collector-/;
const NAMES: Readonly<Record<string, string>> = { nats: 'NATS', auth: 'Log-in' };

const nameOf = (dependency: string) => NAMES[dependency] ?? dependency.charAt(0).toUpperCase() + dependency.slice(1);

/**
 * What is down and what has something to tell, NATS and the database first. A service that is down for the same reason as one of these is
 * not listed again. Empty when all is well.
 */
export function healthLines({ dependencies }: Pick<Readiness, 'dependencies'>): HealthLine[] {
  const told = new Set<string>();
  const lines: HealthLine[] = [];
  for (const [dependency, { up, reason }] of Object.entries(dependencies)) {
    if (COLLECTOR.test(dependency) || (up && reason === null) || (reason !== null && told.has(reason))) continue;
    if (reason !== null && (dependency === 'nats' || dependency === 'database')) told.add(reason);
    const name = nameOf(dependency);
    lines.push({ name, text: up ? `${name}: ${reason ?? ''}` : `${name} is down${reason === null ? '' : `: ${reason}`}`, isDown: !up });
  }
  return lines;
}
