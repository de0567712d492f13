export type { PerfEventAttr, PerfKernel, PerfOpenResult } from './perf-kernel.ts';
export { PerfUnsupportedError, openPerfKernel } from './native-kernel.ts';
export { CounterGroup, type GroupEvent } from './counter-group.ts';
export type { CounterSet } from './counter-set.ts';
export { PERF_EVENTS, onPmu, type PerfEventName } from './event-table.ts';
export { PerfEventSyntaxError, encodeEvent } from './sysfs-event.ts';
export { explainOpenError, type OpenErrorFacts } from './explain-open-error.ts';
export { ERRNO } from './errnos.ts';
export { SockDiagError, openSockDiag, type SockDiag } from './sock-diag.ts';
