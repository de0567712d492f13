import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import { SessionStore } from '../../../session/session-store.ts';
import { Card } from '../card.ts';
import { collectorSwitches, heedsSwitch } from '../collection-choices.ts';
import { CollectionStore } from '../collection-store.ts';
import { HostChoice } from '../host-choice.ts';
import { Loading } from '../loading.ts';
import { Notice } from '../notice.ts';
import { SettingRow } from '../setting-row.ts';
import { CollectorStatus } from './collector-status.ts';

/** Which collectors run, on all hosts or on one, and how each is. */
@Component({
  selector: 'pw-collectors-section',
  imports: [MatButton, MatSlideToggle, Card, CollectorStatus, HostChoice, Loading, Notice, SettingRow],
  templateUrl: './collectors-section.html',
  styleUrl: '../controls.scss',
})
export default class CollectorsSection {
  protected readonly store = inject(CollectionStore);
  protected readonly isAdmin = inject(SessionStore).isAdmin;
  protected readonly collectors = computed(() => {
    const config = this.store.inForce();
    return config === null ? [] : collectorSwitches(this.store.shownCatalogs(), config);
  });

  constructor() {
    this.store.load();
  }

  protected heedsSwitch(collector: string): boolean {
    const config = this.store.inForce();
    return config !== null && heedsSwitch(collector, this.store.run(), config);
  }

  protected isOwn(collector: string): boolean {
    return Object.hasOwn(this.store.own()?.collectors ?? {}, collector);
  }

  protected setEnabled(collector: string, enabled: boolean): void {
    this.store.update({ collectors: { [collector]: { enabled } } });
  }

  protected takeBack(collector: string): void {
    this.store.update({ collectors: { [collector]: null } });
  }
}
