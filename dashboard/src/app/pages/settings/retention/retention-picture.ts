import { Component, computed, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { RetentionReply } from '@perfwatch/contract';
import { Value } from '../../../controls/value.ts';
import { middleCut } from '../../../format/format.ts';
import { allShares, hostBars, TIERS } from './tier-shares.ts';

const FIRST_HOSTS = 12;
const LONGEST_NAME = 20;

/** What history takes on disk: by tier, and by host. */
@Component({
  selector: 'pw-retention-picture',
  imports: [MatButton, Value],
  templateUrl: './retention-picture.html',
  styleUrl: './retention-picture.scss',
})
export class RetentionPicture {
  readonly report = input.required<RetentionReply>();
  readonly moment = input.required<(timeMs: number) => string>();
  protected readonly showsAll = signal(false);
  protected readonly whole = computed(() => allShares(this.report()));
  protected readonly wholeLabel = computed(
    () =>
      `All hosts: ${this.whole()
        .map(({ text }) => text)
        .join(', ')}`,
  );
  protected readonly bars = computed(() => hostBars(this.report()));
  protected readonly shownBars = computed(() => (this.showsAll() ? this.bars() : this.bars().slice(0, FIRST_HOSTS)));
  protected readonly hidden = computed(() => this.bars().length - this.shownBars().length);
  protected readonly tiers = computed(() =>
    TIERS.flatMap(({ tier, title, about }) => {
      const own = this.report().tiers.find((entry) => entry.tier === tier);
      return own === undefined ? [] : [{ ...own, title, about }];
    }),
  );
  protected readonly short = (host: string) => middleCut(host, LONGEST_NAME);

  protected timeText(iso: string | null): string {
    return iso === null ? '–' : this.moment()(Date.parse(iso));
  }
}
