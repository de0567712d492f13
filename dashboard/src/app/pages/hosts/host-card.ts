import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { SPARK_HEIGHT, SPARK_WIDTH } from '../../fleet/course.ts';
import { FleetStore } from '../../fleet/fleet-store.ts';
import type { HostsLayout } from '../../fleet/fleet-view.ts';
import type { HostEntry } from '../../fleet/host-entry.ts';
import { middleCut, UNKNOWN } from '../../format/format.ts';
import { TimeDisplay } from '../../preferences/time-display.ts';

const LONGEST_NAME = 30;
const LONGEST_TAG = 18;
/** More tags than this are told on hover. */
const MOST_TAGS = 2;

/** One host: a tile, or a row of the same. All of it leads to its live page. */
@Component({
  selector: 'pw-host-card',
  imports: [RouterLink],
  templateUrl: './host-card.html',
  styleUrls: ['./host-card.scss', './host-row.scss'],
  host: { role: 'group', '[class]': 'layout()', '[attr.data-state]': 'tile().state', '[attr.aria-label]': 'entry().host' },
})
export class HostCard {
  readonly entry = input.required<HostEntry>();
  readonly layout = input.required<HostsLayout>();
  readonly #fleet = inject(FleetStore);
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly unknown = UNKNOWN;
  protected readonly viewBox = `0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`;
  protected readonly tile = computed(() => this.#fleet.tile(this.entry()));
  protected readonly name = computed(() => middleCut(this.entry().host, LONGEST_NAME));
  protected readonly tags = computed(() =>
    this.entry()
      .tags.slice(0, MOST_TAGS)
      .map(({ key, value }) => ({ key, text: middleCut(value, LONGEST_TAG) })),
  );
  protected readonly inFull = computed(() =>
    [this.entry().host, ...this.entry().tags.map(({ key, value }) => `${key}: ${value}`)].join('\n'),
  );
  protected readonly seenTitle = computed(() => {
    const { lastSampleMs } = this.tile();
    return lastSampleMs === null ? 'No Sample yet' : `Last Sample ${this.#clock().moment(lastSampleMs)}`;
  });
}
