import { Component } from '@angular/core';

/** Holds the place of what is being loaded. */
@Component({
  selector: 'pw-loading',
  template: `<p class="visually-hidden">Loading</p>
    <div aria-hidden="true"></div>
    <div aria-hidden="true"></div>`,
  styles: `
    :host {
      display: grid;
      gap: var(--space-3);
    }
    div {
      height: var(--chart-small);
      border: var(--hairline) solid var(--line);
      border-radius: var(--radius);
      background: var(--surface);
    }
  `,
})
export class Loading {}
