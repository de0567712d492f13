export { HostFs, type HostRoots } from './host-fs.ts';
export { ProcfsParseError } from './parse-error.ts';
export { CPU_TIME_COLUMNS, parseProcStat, type CpuTimeColumn, type CpuTimes, type ProcStat } from './proc-stat.ts';
export { parseLoadavg, type LoadAverages } from './loadavg.ts';
export { parseMeminfo } from './meminfo.ts';
export { parseVmstat } from './vmstat.ts';
export { parseCpuList } from './cpu-list.ts';
export { parseCpuinfoFrequencies, parseScalingFrequency } from './cpu-frequency.ts';
export { parseAuxvPageSize, parseSmapsPageSize, readPageSizeBytes } from './page-size.ts';
export { findCpuSensors, parseMillidegrees, type CpuSensor, type SensorKind } from './sensors.ts';
export {
  listPmuDevices,
  parsePmuEventScale,
  parsePmuEventTerms,
  parsePmuFormat,
  parsePmuType,
  readPmuDevice,
  type PmuDevice,
  type PmuEvent,
} from './pmu-devices.ts';
export { parsePressure, type Pressure } from './pressure.ts';
export { INTERFACE_COUNTERS, parseNetDev, type InterfaceCounters } from './net-dev.ts';
export { parseProtocolCounters, parseSnmp6Counter, type ProtocolFields } from './net-snmp.ts';
export { parseSockstat } from './net-sockstat.ts';
export { tcpStateReads } from './net-tcp-reads.ts';
export { parseNetTcp, type TcpStates } from './net-tcp.ts';
export {
  parseDeviceType,
  parseHardwareType,
  parseHasCarrier,
  parseIsBroughtUp,
  parseLinkSpeed,
  parseOperationalState,
  type OperationalState,
} from './net-interfaces.ts';
export { parseDiskstats, type DiskCounters } from './diskstats.ts';
export { parseMountinfo, type Mount } from './mountinfo.ts';
export { diskOfPath, guessBlockDevice, parseBlockSize, readBlockDevice, type BlockDevice, type BlockDeviceKind } from './block-devices.ts';
export { parseNodeFreeBytes, parseNumastat, type NumaAllocations } from './numa-node.ts';
export { parseMbmBytes, parseMonFeatures } from './resctrl.ts';
export { parseCpuModel, type CpuModel } from './cpu-model.ts';
export { parseKernelNumber, parseProcessRights, type ProcessRights } from './process-rights.ts';
