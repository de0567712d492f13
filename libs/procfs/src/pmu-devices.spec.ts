import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HostFs } from './host-fs.ts';
import { ProcfsParseError } from './parse-error.ts';
import { listPmuDevices, parsePmuEventScale, parsePmuEventTerms, parsePmuFormat, parsePmuType, readPmuDevice } from './pmu-devices.ts';

/** A machine with these files below /sys/bus/event_source/devices. */
function machineWith(files: Readonly<Record<string, string>>): HostFs {
  const root = mkdtempSync(join(tmpdir(), 'perfwatch-pmu-'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, 'bus/event_source/devices', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const fs = new HostFs({ procRoot: root, sysRoot: root, rootRoot: root });
  onTestFinished(() => {
    fs.close();
    rmSync(root, { recursive: true });
  });
  return fs;
}

const IMC = {
  'uncore_imc_0/type': '22\n',
  'uncore_imc_0/cpumask': '0,32\n',
  'uncore_imc_0/format/event': 'config:0-7\n',
  'uncore_imc_0/format/umask': 'config:8-15,32-39\n',
  'uncore_imc_0/events/cas_count_read': 'event=0x04,umask=0x03\n',
  'uncore_imc_0/events/cas_count_read.scale': '6.103515625e-5\n',
  'uncore_imc_0/events/cas_count_read.unit': 'MiB\n',
  'uncore_imc_0/events/cas_count_read.per-pkg': '1\n',
  'uncore_imc_0/events/cas_count_read.snapshot': '0\n',
  'uncore_imc_0/events/clockticks': 'event=0x00,edge\n',
};

describe('readPmuDevice', () => {
  it('reads an uncore PMU with its formats, and its events with scale and unit', () => {
    expect(readPmuDevice(machineWith(IMC), 'uncore_imc_0')).toEqual({
      name: 'uncore_imc_0',
      type: 22,
      formats: new Map([
        ['event', 'config:0-7'],
        ['umask', 'config:8-15,32-39'],
      ]),
      events: new Map([
        ['cas_count_read', { terms: 'event=0x04,umask=0x03', scale: 6.103515625e-5, unit: 'MiB' }],
        ['clockticks', { terms: 'event=0x00,edge', scale: null, unit: null }],
      ]),
      ...{ cpumask: [0, 32], cpus: null },
    });
  });

  it('reads which CPUs a core PMU covers, and what it is able to do', () => {
    const fs = machineWith({ 'cpu_atom/type': '10\n', 'cpu_atom/cpus': '16-23\n' });
    const device = readPmuDevice(fs, 'cpu_atom');
    expect(device).toMatchObject({ cpumask: null, cpus: [16, 17, 18, 19, 20, 21, 22, 23] });
  });

  it('leaves out what cannot be parsed, and an event whose scale cannot', () => {
    const damage = { 'uncore_imc_0/events/cas_count_read.scale': 'much\n', 'uncore_imc_0/format/event': 'config\n' };
    const device = readPmuDevice(machineWith({ ...IMC, ...damage, 'uncore_imc_0/cpumask': 'all\n' }), 'uncore_imc_0');
    expect([...(device?.events.keys() ?? [])]).toEqual(['clockticks']);
    expect([...(device?.formats.keys() ?? [])]).toEqual(['umask']);
    expect(device?.cpumask).toBeNull();
  });

  it('is null where there is no such PMU, or no type of it', () => {
    const fs = machineWith({ 'broken/type': 'none\n' });
    expect([readPmuDevice(fs, 'cpu'), readPmuDevice(fs, 'broken')]).toEqual([null, null]);
  });

  it('takes no more than 4096 events', () => {
    const files = Object.fromEntries(Array.from({ length: 4100 }, (_, index) => [`hv_24x7/events/e${index}`, 'domain=1,core=?\n']));
    expect(readPmuDevice(machineWith({ 'hv_24x7/type': '8\n', ...files }), 'hv_24x7')?.events.size).toBe(4096);
  });

  it('reads the PMUs of this machine', () => {
    const here = new HostFs({ procRoot: '/proc', sysRoot: '/sys', rootRoot: '/' });
    expect(listPmuDevices(here)).toContain('software');
    expect(readPmuDevice(here, 'software')?.type).toBe(1);
    here.close();
  });
});

describe('listPmuDevices', () => {
  it('is sorted, and empty where there are none', () => {
    expect(listPmuDevices(machineWith({ 'uncore_imc_1/type': '', 'cpu/type': '' }))).toEqual(['cpu', 'uncore_imc_1']);
    expect(listPmuDevices(machineWith({}))).toEqual([]);
  });
});

describe('the parsers of PMU files', () => {
  it.each(['event=0x11,umask=0x1,edge', 'type=0x5,eventid=0x2', 'domain=1,offset=0x0,starting_index=?', 'event=0x00cd'])(
    'take the terms %j as they are',
    (text) => expect(parsePmuEventTerms(`${text}\n`)).toBe(text),
  );

  it.each(['', 'event=', '=1', 'event=0x1,', 'event=0x1 umask=2', `event=0x${'1'.repeat(600)}`])('refuse the terms %j', (text) => {
    expect(() => parsePmuEventTerms(text)).toThrow(ProcfsParseError);
  });

  it.each(['config:0', 'config1:0-63', 'config:0-7,21', 'config2:8-11'])('take the format %j as it is', (text) => {
    expect(parsePmuFormat(`${text}\n`)).toBe(text);
  });

  it.each(['', 'config', 'config:', 'config:0-', 'config:0-7,', 'attr:0-7'])('refuse the format %j', (text) => {
    expect(() => parsePmuFormat(text)).toThrow(ProcfsParseError);
  });

  it.each(['0', '-1', '1e999', 'NaN', '', '0x10'])('refuse the scale %j', (text) => {
    expect(() => parsePmuEventScale(text)).toThrow(ProcfsParseError);
  });

  it.each(['4294967296', '-1', '', '0x4'])('refuse the type %j', (text) => {
    expect(() => parsePmuType(text)).toThrow(ProcfsParseError);
  });

  it('give text that is part of what they read, or their own error, for any text', () => {
    for (const parse of [parsePmuFormat, parsePmuEventTerms]) {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
          try {
            expect(text).toContain(parse(text));
          } catch (error) {
            expect(error).toBeInstanceOf(ProcfsParseError);
          }
        }),
      );
    }
  });
});
