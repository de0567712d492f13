import { describe, expect, it } from 'vitest';
import { machineName, ownCollector, secondHost, type Step } from './first-steps.ts';

const [script = ''] = Object.values(
  import.meta.glob<string>('../../../../../docs/examples/logged-in-users.sh', { query: '?raw', import: 'default', eager: true }),
);
const [services = ''] = Object.values(
  import.meta.glob<string>('../../../../../services/launcher/src/services.ts', { query: '?raw', import: 'default', eager: true }),
);
const place = { machine: 'watch.example', host: 'web-1' };
const commands = (task: { steps: readonly Step[] }) => task.steps.flatMap((step) => step.commands);

describe('machineName', () => {
  it('is the address of the page, as other machines know it', () => {
    expect(machineName('watch.example', 'web-1')).toBe('watch.example');
  });

  it('is the hostname where the page is open on the machine itself', () => {
    expect(['localhost', '127.0.0.1', '[::1]'].map((address) => machineName(address, 'web-1'))).toEqual(['web-1', 'web-1', 'web-1']);
  });
});

describe('secondHost', () => {
  it('runs services that exist', () => {
    const [, names = ''] = /perfwatch -- run (.*)$/.exec(commands(secondHost(place)).at(-1) ?? '') ?? [];
    for (const name of names.split(' ')) expect(services).toMatch(new RegExp(`^  '?${name}'?: \\{`, 'm'));
    expect(names.split(' ')).toContain('perfwatch');
  });

  it('makes an address for the other machine on this one, and uses it there', () => {
    const [here, there] = secondHost(place).steps;
    expect(here?.commands).toEqual([expect.stringMatching(/^npm run perfwatch -- credentials create host --host /)]);
    expect(there?.commands.join('\n')).toMatch(/PERFWATCH_NATS_URL[^]*perfwatch -- run /);
  });

  it('tunnels to where the page came from', () => {
    expect(commands(secondHost(place)).join('\n')).toContain('-L 4222:127.0.0.1:4222 watch.example');
  });
});

describe('ownCollector', () => {
  it('runs the example in shell for the host that is shown', () => {
    expect(commands(ownCollector(place)).at(-1)).toBe('docs/examples/logged-in-users.sh web-1');
    expect(script).toContain('logged-in-users.sh [HOST]');
    expect(script).toContain('"collector\\":\\"logins');
  });
});
