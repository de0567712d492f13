import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';
import { StopRequests } from './stop-requests.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');

describe('perfwatch --help', () => {
  it('points to documentation that is there', () => {
    const unused = (): never => {
      throw new Error('help reads and prints nothing by itself');
    };
    const program = commandLine({ loadConfig: unused, environment: {}, stopRequests: new StopRequests(), print: unused, warn: unused });
    const written: string[] = [];
    program.configureOutput({ writeOut: (text) => void written.push(text) }).outputHelp();
    const named = written.join('').match(/docs\/[\w-]+\.md/g) ?? [];
    expect(named).not.toEqual([]);
    expect(named.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });
});
