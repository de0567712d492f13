import { intervalToMs } from '@perfwatch/contract';
import { Component, computed, inject, Injector, output } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { MatTooltip } from '@angular/material/tooltip';
import { rangeWords } from '../../charts/time-chart/range-words.ts';
import { Icon } from '../../controls/icon.ts';
import { Segments } from '../../controls/segments.ts';
import { middleCut } from '../../format/format.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';
import { SessionStore } from '../../session/session-store.ts';
import { HistoryAddress } from './history-address.ts';
import { NOW, STEPS, type Step } from './history-state.ts';
import { HistoryStore } from './history-store.ts';
import { RangeMover } from './range-mover.ts';
import { RANGE_PRESETS } from '../../format/range-text.ts';
import { spanText } from './resolution-text.ts';

/** The whole of what is kept, as a segment's value. */
const WHOLE = 'whole';
const LONGEST_HOSTS = 28;
const STEP_NAMES: Readonly<Partial<Record<Step, string>>> = { auto: 'As fits the screen', raw: 'Every sample' };

/** What is shown: hosts, metrics, range and resolution; and what can be done with it. */
@Component({
  selector: 'pw-history-toolbar',
  imports: [MatButton, MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger, MatTooltip, Icon, Segments],
  templateUrl: './history-toolbar.html',
  host: { role: 'banner' },
  styleUrl: './history-toolbar.scss',
})
export class HistoryToolbar {
  readonly exported = output();
  readonly marked = output();
  protected readonly store = inject(HistoryStore);
  protected readonly mover = inject(RangeMover);
  protected readonly session = inject(SessionStore);
  protected readonly steps = STEPS;
  readonly #address = inject(HistoryAddress);
  readonly #injector = inject(Injector);
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly state = this.store.state;

  protected readonly presets = [
    ...RANGE_PRESETS.map(({ label, name, lengthMs }) => ({ value: String(lengthMs), label, name })),
    { value: WHOLE, label: 'All', name: 'Everything that is kept' },
  ];
  /** The preset that is on; empty for any other range. */
  protected readonly preset = computed(() => {
    const { from, to } = this.state();
    if (to.kind !== 'relative' || to.beforeMs !== 0) return '';
    if (from.kind === 'relative') return String(from.beforeMs);
    return from.timeMs === this.store.oldestMs() ? WHOLE : '';
  });
  protected readonly rangeText = computed(() => rangeWords(this.mover.range(), this.#clock()));
  protected readonly zone = computed(() => this.#clock().zone);
  protected readonly hostsText = computed(() => {
    const { hosts } = this.state();
    return hosts.length > 2 ? `${hosts.length} hosts` : middleCut(hosts.join(', ') || 'No host', LONGEST_HOSTS);
  });
  protected readonly metricCount = computed(() => this.state().metrics?.length ?? 0);

  protected readonly stepText = computed(() => (this.state().step === 'auto' ? 'Auto' : this.state().step));

  protected stepName(step: Step): string {
    return STEP_NAMES[step] ?? `Means by ${spanText(intervalToMs(step) ?? 0)}`;
  }

  protected choosePreset(value: string): void {
    if (value === WHOLE) this.showAll();
    else this.mover.choose({ from: { kind: 'relative', beforeMs: Number(value) }, to: NOW });
  }

  showAll(): void {
    const oldestMs = this.store.oldestMs();
    if (oldestMs !== null) this.mover.choose({ from: { kind: 'absolute', timeMs: oldestMs }, to: NOW });
  }

  protected chooseStep(step: Step): void {
    this.#address.go({ step });
  }

  protected toggleBands(): void {
    this.#address.go({ bands: !this.state().bands });
  }

  protected async chooseRange(): Promise<void> {
    const { openRangeDialog } = await import('./range-dialog.ts');
    const ends = await openRangeDialog(this.#injector, this.state());
    if (ends !== undefined) this.mover.choose(ends);
  }

  protected async chooseHosts(): Promise<void> {
    const { openHostDialog } = await import('./host-dialog.ts');
    const all = (this.store.hosts() ?? []).map(({ host }) => host);
    const hosts = await openHostDialog(this.#injector, { hosts: all, chosen: this.state().hosts });
    if (hosts !== undefined) this.#address.go({ hosts });
  }

  async chooseMetrics(): Promise<void> {
    const collectors = this.store.collectors();
    if (collectors === null) return;
    const { openMetricDialog } = await import('./metric-dialog.ts');
    const metrics = await openMetricDialog(this.#injector, { collectors, chosen: this.state().metrics ?? [] });
    if (metrics !== undefined) this.#address.go({ metrics });
  }
}
