import type { MetricDeclaration, MetricDeclarations } from '@perfwatch/service-kit';

const stalled = (title: string, help: string, source: string) =>
  ({
    title,
    unit: 'percent',
    kind: 'rate',
    help,
    source: `/proc/pressure/${source} total, accounting/psi`,
  }) as const satisfies MetricDeclaration;

export const METRICS = {
  cpu_some_percent: stalled('CPU, some', 'Share of the time in which a task was ready to run and waited for a CPU', 'cpu some'),
  memory_some_percent: stalled(
    'Memory, some',
    'Share of the time in which a task waited for memory: reclaim, refaults, swap',
    'memory some',
  ),
  memory_full_percent: stalled('Memory, full', 'Share of the time in which all tasks that are not idle waited for memory', 'memory full'),
  io_some_percent: stalled('I/O, some', 'Share of the time in which a task waited for I/O', 'io some'),
  io_full_percent: stalled('I/O, full', 'Share of the time in which all tasks that are not idle waited for I/O', 'io full'),
  irq_full_percent: stalled(
    'Interrupts, full',
    'Share of the time in which interrupts kept tasks from running. Takes Linux 6.1 with CONFIG_IRQ_TIME_ACCOUNTING',
    'irq full',
  ),
} as const satisfies MetricDeclarations;

export type PressureMetrics = { -readonly [Name in keyof typeof METRICS]?: number | null };
