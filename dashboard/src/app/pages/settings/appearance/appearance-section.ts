import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import { Segments } from '../../../controls/segments.ts';
import { clockIn } from '../../../format/clock.ts';
import { PreferencesStore } from '../../../preferences/preferences-store.ts';
import { THEMES } from '../../../preferences/preferences.ts';
import { Card } from '../card.ts';
import { SettingRow } from '../setting-row.ts';

/** How PerfWatch looks to this user: in this browser at once, and wherever else they log in. */
@Component({
  selector: 'pw-appearance-section',
  imports: [Card, MatButton, MatSlideToggle, Segments, SettingRow],
  templateUrl: './appearance-section.html',
  styleUrl: '../controls.scss',
})
export default class AppearanceSection {
  protected readonly preferences = inject(PreferencesStore);
  protected readonly themes = THEMES.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }));
  protected readonly zones = [
    { value: 'local' as const, label: 'Local', name: `Local: ${clockIn('local').zone}` },
    { value: 'utc' as const, label: 'UTC' },
  ];
  protected readonly zoneHelp = `Local is ${clockIn('local').zone}, as this device has it.`;
  protected readonly isArranged = computed(() => this.preferences.hiddenPanels().length > 0 || this.preferences.panelOrder().length > 0);
  protected readonly panelHelp = computed(() => {
    const hidden = this.preferences.hiddenPanels().length;
    if (!this.isArranged()) return 'Every panel is shown, in the usual order.';
    return hidden === 0 ? 'They are in an order of your own.' : `${hidden} ${hidden === 1 ? 'panel is' : 'panels are'} hidden.`;
  });

  protected resetPanels(): void {
    this.preferences.patch({ hiddenPanels: [], panelOrder: [] });
  }
}
