import { PerfwatchError } from '@perfwatch/contract';
import type { ServiceDefinition } from '@perfwatch/service-kit';
import { SERVICES } from './services.ts';

/** The services called `names`. Throws PerfwatchError('bad_input') that lists what there is when one is unknown. */
export function loadServices(names: readonly string[]): Promise<ServiceDefinition[]> {
  const entries = [...new Set(names)].map((name) => {
    const entry = Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
    if (entry === undefined) {
      throw new PerfwatchError('bad_input', `There is no service "${name}": choose from ${Object.keys(SERVICES).join(', ')}`);
    }
    return entry;
  });
  return Promise.all(entries.map((entry) => entry.load()));
}
