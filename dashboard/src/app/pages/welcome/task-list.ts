import { Component, computed, DOCUMENT, inject, input } from '@angular/core';
import type { Host } from '@perfwatch/contract';
import { Command } from './command.ts';
import { machineName, ownCollector, secondHost } from './first-steps.ts';

/** How to see more than there is: another host, or a collector of one's own. */
@Component({
  selector: 'pw-task-list',
  imports: [Command],
  template: `
    @for (task of tasks(); track task.key) {
      <section [attr.data-testid]="task.key">
        <h2>{{ task.title }}</h2>
        <p>{{ task.about }}</p>
        <ol>
          @for (step of task.steps; track step.text) {
            <li>
              <p>{{ step.text }}</p>
              @for (command of step.commands; track command) {
                <pw-command [text]="command" />
              }
            </li>
          }
        </ol>
        <p class="outcome">{{ task.outcome }}</p>
      </section>
    }
  `,
  styleUrl: './welcome.scss',
  styles: `
    :host {
      display: contents;
    }
  `,
})
export class TaskList {
  /** The host that PerfWatch's own collectors report; null where none is known yet. */
  readonly host = input.required<Pick<Host, 'host' | 'inventory'> | null>();
  readonly #location = inject(DOCUMENT).location;
  protected readonly tasks = computed(() => {
    const host = this.host();
    const hostname = host?.inventory?.hostname ?? host?.host ?? null;
    const place = { machine: machineName(this.#location.hostname, hostname), host: host?.host ?? '$(hostname)' };
    return host === null ? [secondHost(place)] : [secondHost(place), ownCollector(place)];
  });
}
