import { encodeEvent } from '@perfwatch/perf-event';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findDramEvents, listDramPmus } from './dram-events.ts';
import { machineOfFiles, pmuFiles, type PmuFiles } from '../test/machine-of-files.ts';

const SCALE = '6.103515625e-5';
const IMC_FORMATS = { event: 'config:0-7', umask: 'config:8-15' };
/** An event with the scale and unit that Intel's drivers give it. */
const inMib = (name: string, terms: string) => ({ [name]: terms, [`${name}.scale`]: SCALE, [`${name}.unit`]: 'MiB' });

/** The events found, as `pmu event: direction, bytes, config`. */
function found(pmus: Readonly<Record<string, PmuFiles>>, files: Readonly<Record<string, string>> = {}): string[] {
  const { fs, dispose } = machineOfFiles({ ...pmuFiles(pmus), ...files });
  onTestFinished(dispose);
  return findDramEvents(fs, listDramPmus(fs)).map(({ pmu, name, terms, direction, bytes }) => {
    const { config } = encodeEvent(terms, pmu.formats);
    return `${pmu.name} ${name}: ${direction}, ${bytes}, 0x${config.toString(16)}`;
  });
}

const cpuinfo = (vendor: string, family: number, model: number) =>
  `processor\t: 0\nvendor_id\t: ${vendor}\ncpu family\t: ${family}\nmodel\t\t: ${model}\nflags\t\t: fpu\n\n`;
const DATA_FABRIC = { amd_df: { type: 12, formats: { event: 'config:0-7,32-35,59-60', umask: 'config:8-15' } } };

describe('findDramEvents', () => {
  it('takes the channels of an Intel server, with the bytes from scale and unit, and not the free-running counters too', () => {
    const events = { ...inMib('cas_count_read', 'event=0x04,umask=0x03'), ...inMib('cas_count_write', 'event=0x04,umask=0x0c') };
    const imc = { formats: IMC_FORMATS, events: { ...events, clockticks: 'event=0x00' } };
    const freeRunning = { type: 30, formats: IMC_FORMATS, events: inMib('read', 'event=0xff,umask=0x20') };
    expect(
      found({ uncore_imc_10: { type: 21, ...imc }, uncore_imc_2: { type: 20, ...imc }, uncore_imc_free_running_0: freeRunning }),
    ).toEqual([
      'uncore_imc_2 cas_count_read: read, 64, 0x304',
      'uncore_imc_2 cas_count_write: write, 64, 0xc04',
      'uncore_imc_10 cas_count_read: read, 64, 0x304',
      'uncore_imc_10 cas_count_write: write, 64, 0xc04',
    ]);
  });

  it('takes both halves of a channel where the events are split (Granite Rapids)', () => {
    const events = {
      ...{ ...inMib('cas_count_read_sch0', 'event=0x05,umask=0xcf'), ...inMib('cas_count_read_sch1', 'event=0x06,umask=0xcf') },
      ...{ ...inMib('cas_count_write_sch0', 'event=0x05,umask=0xf0'), ...inMib('cas_count_write_sch1', 'event=0x06,umask=0xf0') },
    };
    expect(found({ uncore_imc_0: { type: 20, formats: IMC_FORMATS, events } }).map((line) => line.split(':')[0])).toEqual([
      'uncore_imc_0 cas_count_read_sch0',
      'uncore_imc_0 cas_count_read_sch1',
      'uncore_imc_0 cas_count_write_sch0',
      'uncore_imc_0 cas_count_write_sch1',
    ]);
  });

  it('takes the counters of an Intel client, and not those of its parts', () => {
    const events = { ...inMib('data_reads', 'event=0x01'), ...inMib('data_writes', 'event=0x02'), ...inMib('io_requests', 'event=0x05') };
    expect(found({ uncore_imc: { type: 18, formats: { event: 'config:0-7' }, events } })).toEqual([
      'uncore_imc data_reads: read, 64, 0x1',
      'uncore_imc data_writes: write, 64, 0x2',
    ]);
  });

  it('takes the free-running counters where the channels name no events (Alder Lake), and their total only where that is all', () => {
    const total = inMib('data_total', 'event=0xff,umask=0x10');
    const halves = { ...inMib('data_read', 'event=0xff,umask=0x20'), ...inMib('data_write', 'event=0xff,umask=0x30') };
    const channel = { uncore_imc_0: { type: 20, formats: IMC_FORMATS } };
    const freeRunning = (events: Record<string, string>) => ({ uncore_imc_free_running_0: { type: 21, formats: IMC_FORMATS, events } });
    expect(found({ ...channel, ...freeRunning({ ...total, ...halves }) })).toEqual([
      'uncore_imc_free_running_0 data_read: read, 64, 0x20ff',
      'uncore_imc_free_running_0 data_write: write, 64, 0x30ff',
    ]);
    expect(found(freeRunning(total))).toEqual(['uncore_imc_free_running_0 data_total: total, 64, 0x10ff']);
  });

  it('takes the memory controllers of AMD, whose events sysfs does not name, rather than the data fabric', () => {
    const umc = { type: 14, formats: { event: 'config:0-7', rdwrmask: 'config:8-9' } };
    expect(found({ amd_umc_0: umc, ...DATA_FABRIC }, { 'proc/cpuinfo': cpuinfo('AuthenticAMD', 0x19, 0x11) })).toEqual([
      'amd_umc_0 umc_cas_cmd.rd: read, 64, 0x10a',
      'amd_umc_0 umc_cas_cmd.wr: write, 64, 0x20a',
    ]);
  });

  it('takes all channels of the data fabric of Zen 1 to 3 together, event numbers above 8 bits included', () => {
    const lines = found(DATA_FABRIC, { 'proc/cpuinfo': cpuinfo('AuthenticAMD', 0x17, 0x31) });
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe('amd_df dram_channel_data_controller_0: total, 64, 0x3807');
    expect(lines[7]).toBe('amd_df dram_channel_data_controller_7: total, 64, 0x1000038c7');
  });

  it.each([
    ['Zen 4', 'AuthenticAMD', 0x19, 0x11],
    ['Zen 5', 'AuthenticAMD', 0x1a, 0x02],
    ['Hygon', 'HygonGenuine', 0x18, 0x00],
  ])('does not guess at the data fabric of %s', (_name, vendor, family, model) => {
    expect(found(DATA_FABRIC, { 'proc/cpuinfo': cpuinfo(vendor, family, model) })).toEqual([]);
  });

  it('takes Nvidia, HiSilicon and the mesh of Arm with the bytes that one count stands for', () => {
    const scf = { type: 9, formats: { event: 'config:0-63' }, events: { cmem_rd_data: 'event=0x1a5', cmem_wr_total_bytes: 'event=0x1db' } };
    expect(found({ nvidia_scf_pmu_0: scf })).toEqual([
      'nvidia_scf_pmu_0 cmem_rd_data: read, 32, 0x1a5',
      'nvidia_scf_pmu_0 cmem_wr_total_bytes: write, 1, 0x1db',
    ]);
    const ddrc = {
      type: 9,
      formats: { event: 'config:0-4' },
      events: { flux_wr: 'config=0x0', flux_rd: 'config=0x1', rw_chg: 'config=0x7' },
    };
    expect(found({ hisi_sccl1_ddrc0: ddrc })).toEqual([
      'hisi_sccl1_ddrc0 flux_rd: read, 32, 0x1',
      'hisi_sccl1_ddrc0 flux_wr: write, 32, 0x0',
    ]);
    const mesh = { type: 9, formats: { type: 'config:0-15', eventid: 'config:16-26' }, events: { hnf_mc_reqs: 'type=0x5,eventid=0xd' } };
    expect(found({ arm_cmn_0: mesh })).toEqual(['arm_cmn_0 hnf_mc_reqs: total, 64, 0xd0005']);
  });

  it('leaves out events of which neither sysfs nor a document says how many bytes they are', () => {
    const events = {
      cas_count_read: 'event=0x04',
      'cas_count_read.scale': SCALE,
      'cas_count_read.unit': 'Joules',
      cas_count_write: 'event=0x05',
    };
    expect(found({ uncore_imc_0: { type: 20, formats: IMC_FORMATS, events } })).toEqual([]);
  });

  it('finds nothing on a machine whose PMUs count other things', () => {
    expect(found({ cpu: { type: 4, formats: { event: 'config:0-7' } }, uncore_cha_0: { type: 30, formats: IMC_FORMATS } })).toEqual([]);
  });
});
