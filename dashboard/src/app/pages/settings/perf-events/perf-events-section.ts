import { Component, computed, inject, linkedSignal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { MatFormField } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import type { PerfEventGroup } from '@perfwatch/contract';
import { SessionStore } from '../../../session/session-store.ts';
import { Card } from '../card.ts';
import { CollectionStore } from '../collection-store.ts';
import { HostChoice } from '../host-choice.ts';
import { Loading } from '../loading.ts';
import { Notice } from '../notice.ts';
import { SettingRow } from '../setting-row.ts';
import { capabilities, countingFaults, GROUP_CHOICES } from './counting.ts';
import { Capability } from './capability.ts';

const COLLECTOR = 'perf-events';

/** Whether hardware and software events are counted, on which CPUs and which, and what the hosts can count at all. */
@Component({
  selector: 'pw-perf-events-section',
  imports: [
    FormsModule,
    MatButton,
    MatCheckbox,
    MatFormField,
    MatInput,
    MatSlideToggle,
    Capability,
    Card,
    HostChoice,
    Loading,
    Notice,
    SettingRow,
  ],
  templateUrl: './perf-events-section.html',
  styleUrls: ['../controls.scss', './perf-events-section.scss'],
})
export default class PerfEventsSection {
  protected readonly store = inject(CollectionStore);
  protected readonly isAdmin = inject(SessionStore).isAdmin;
  protected readonly choices = GROUP_CHOICES;
  protected readonly isEnabled = computed(() => this.store.inForce()?.collectors[COLLECTOR]?.enabled ?? true);
  readonly #inForce = computed(() => this.store.inForce()?.perf_events ?? null);
  /** What is being edited, until it is saved or other settings arrive. */
  protected readonly cpus = linkedSignal(() => this.#inForce()?.cpus ?? 'all');
  protected readonly groups = linkedSignal<readonly PerfEventGroup[]>(() => this.#inForce()?.groups ?? []);
  protected readonly perCore = linkedSignal(() => this.#inForce()?.per_core ?? true);
  protected readonly faults = computed(() => countingFaults({ cpus: this.cpus(), groups: [...this.groups()] }));
  protected readonly isFaulty = computed(() => this.faults().cpus !== null || this.faults().groups !== null);
  protected readonly isChanged = computed(() => {
    const inForce = this.#inForce();
    if (inForce === null) return false;
    const isSameGroups = inForce.groups.toSorted().join() === this.groups().toSorted().join();
    return inForce.cpus !== this.cpus() || inForce.per_core !== this.perCore() || !isSameGroups;
  });
  protected readonly isOwn = computed(() => this.store.own()?.perf_events !== undefined);
  protected readonly hosts = computed(() => capabilities(this.store.shownCatalogs().filter(({ collector }) => collector === COLLECTOR)));

  constructor() {
    this.store.load();
  }

  protected setEnabled(enabled: boolean): void {
    this.store.update({ collectors: { [COLLECTOR]: { enabled } } });
  }

  /** In the order of the list, whichever was chosen first: it is the order of importance. */
  protected setGroup(group: PerfEventGroup, isChosen: boolean): void {
    const chosen = new Set(this.groups());
    if (isChosen) chosen.add(group);
    else chosen.delete(group);
    this.groups.set(GROUP_CHOICES.map((choice) => choice.group).filter((choice) => chosen.has(choice)));
  }

  /** Only what differs, so that a host goes on following the rest. */
  protected save(): void {
    const inForce = this.#inForce();
    if (inForce === null || this.isFaulty() || !this.isChanged()) return;
    const isSameGroups = inForce.groups.toSorted().join() === this.groups().toSorted().join();
    this.store.update({
      perf_events: {
        ...(inForce.cpus === this.cpus() ? {} : { cpus: this.cpus() }),
        ...(isSameGroups ? {} : { groups: [...this.groups()] }),
        ...(inForce.per_core === this.perCore() ? {} : { per_core: this.perCore() }),
      },
    });
  }

  protected undo(): void {
    const inForce = this.#inForce();
    if (inForce === null) return;
    this.cpus.set(inForce.cpus);
    this.groups.set(inForce.groups);
    this.perCore.set(inForce.per_core);
  }
}
