import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField } from '@angular/material/form-field';
import { MatOption, MatSelect } from '@angular/material/select';
import { middleCut } from '../../../format/format.ts';
import { SessionStore } from '../../../session/session-store.ts';
import { Card } from '../card.ts';
import { intervalChoices, intervalLabel, ownSettings } from '../collection-choices.ts';
import { CollectionStore } from '../collection-store.ts';
import { HostChoice } from '../host-choice.ts';
import { Loading } from '../loading.ts';
import { Notice } from '../notice.ts';
import { SettingRow } from '../setting-row.ts';

const LONGEST_NAME = 28;

/** How often hosts are looked at, and which hosts differ from the rest. */
@Component({
  selector: 'pw-sampling-section',
  imports: [MatButton, MatFormField, MatSelect, MatOption, Card, HostChoice, Loading, Notice, SettingRow],
  templateUrl: './sampling-section.html',
  styleUrl: '../controls.scss',
})
export default class SamplingSection {
  protected readonly store = inject(CollectionStore);
  protected readonly isAdmin = inject(SessionStore).isAdmin;
  protected readonly intervalMs = computed(() => this.store.inForce()?.interval_ms ?? null);
  protected readonly intervals = computed(() => intervalChoices(this.intervalMs()));
  protected readonly isOwn = computed(() => this.store.own()?.interval_ms !== undefined);
  protected readonly help = computed(() => {
    const config = this.store.config();
    if (config === null || this.store.host() === null)
      return 'From 100 ms to a minute. Half the interval is twice the data and twice the work.';
    const usual = intervalLabel(config.interval_ms);
    return this.isOwn()
      ? `Set for this host alone; all others: ${usual}.`
      : `As all hosts: ${usual}. Choose another to set it for this host alone.`;
  });
  protected readonly differing = computed(() => {
    const config = this.store.config();
    return config === null ? [] : ownSettings(config);
  });

  constructor() {
    this.store.load();
  }

  protected readonly short = (host: string) => middleCut(host, LONGEST_NAME);

  protected takeBack(host: string): void {
    const collectors = this.store.config()?.hosts[host]?.collectors ?? {};
    this.store.updateHost(host, {
      interval_ms: null,
      perf_events: null,
      collectors: Object.fromEntries(Object.keys(collectors).map((name) => [name, null])),
    });
  }
}
