import { Component, input } from '@angular/core';

/** One setting: what it is, and its control, which names itself by `labelId`. */
@Component({
  selector: 'pw-setting',
  template: `
    <div class="what">
      <span [id]="labelId()">{{ label() }}</span>
      @if (help(); as text) {
        <small>{{ text }}</small>
      }
      <ng-content select="[about]" />
    </div>
    <ng-content />
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-2) var(--space-4);
      align-items: center;
      justify-content: space-between;
      min-height: var(--touch);
      padding-top: var(--space-3);
      border-top: var(--hairline) solid var(--line);
    }
    .what {
      display: grid;
      flex: 1 1 200px;
      gap: 2px;
      min-width: 0;
      overflow-wrap: anywhere;
    }
    small {
      max-width: var(--measure);
      color: var(--muted);
      font-size: var(--text-sm);
    }
  `,
})
export class SettingRow {
  readonly label = input.required<string>();
  readonly labelId = input.required<string>();
  readonly help = input('');
}
