export { HostFs, type HostRoots } from './host-fs.ts';
export { ProcfsParseError } from './parse-error.ts';
export { parseProcStat, type CpuTimes, type ProcStat } from './proc-stat.ts';
export { parseLoadavg } from './loadavg.ts';
export { parseMeminfo } from './meminfo.ts';
export { parseVmstat } from './vmstat.ts';
export { parseCpuList } from './cpu-list.ts';
export { parseCpuinfoFrequencies, parseScalingFrequency } from './cpu-frequency.ts';
export { readPageSizeBytes } from './page-size.ts';
export { findCpuSensors, parseMillidegrees, type CpuSensor, type SensorKind } from './sensors.ts';
export { listPmuDevices, parsePmuType, readPmuDevice, type PmuDevice, type PmuEvent } from './pmu-devices.ts';
export { parsePressure, type Pressure } from './pressure.ts';
export { INTERFACE_COUNTERS, parseNetDev, type InterfaceCounters } from './net-dev.ts';
export { parseProtocolCounters, parseSnmp6Counter } from './net-snmp.ts';
export { parseSockstat } from './net-sockstat.ts';
export { tcpStateReads } from './net-tcp-reads.ts';
export { type TcpStates } from './net-tcp.ts';
export {
  parseDeviceType,
  parseHardwareType,
  parseHasCarrier,
  parseIsBroughtUp,
  parseLinkSpeed,
  parseOperationalState,
} from './net-interfaces.ts';
export { parseDiskstats, type DiskCounters } from './diskstats.ts';
export { parseMountinfo, type Mount } from './mountinfo.ts';
export { diskOfPath, guessBlockDevice, readBlockDevice, type BlockDevice } from './block-devices.ts';
export { parseNodeFreeBytes, parseNumastat } from './numa-node.ts';
export { parseMbmBytes, parseMonFeatures } from './resctrl.ts';
export { parseCpuModel } from './cpu-model.ts';
export { parseOpenFilesLimit } from './process-limits.ts';
export { parseKernelNumber, readCountingRights, type CountingRights } from './process-rights.ts';
