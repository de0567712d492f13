import { Component, computed, DestroyRef, type ElementRef, inject, input, output, viewChild } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatIconButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';
import { Icon } from '../../controls/icon.ts';
import { Segments, type Segment } from '../../controls/segments.ts';
import type { FleetView, HostsLayout } from '../../fleet/fleet-view.ts';
import { Keyboard } from '../../keyboard/keyboard.ts';
import { HOST_SORTS } from './host-sorts.ts';

const LAYOUTS: readonly Segment<HostsLayout>[] = [
  { value: 'tiles', label: 'Tiles' },
  { value: 'rows', label: 'Rows' },
];

/** Search, order, groups and layout of the list. */
@Component({
  selector: 'pw-hosts-toolbar',
  imports: [FormsModule, Icon, MatFormField, MatIconButton, MatInput, MatLabel, MatOption, MatSelect, Segments],
  templateUrl: './hosts-toolbar.html',
  styleUrl: './hosts-toolbar.scss',
})
export class HostsToolbar {
  readonly view = input.required<FleetView>();
  readonly tags = input.required<readonly string[]>();
  readonly changed = output<Partial<FleetView>>();
  protected readonly layouts = LAYOUTS;
  protected readonly sorts = HOST_SORTS;
  /** With the tag that the address names, which no host may have. */
  protected readonly choices = computed(() => {
    const { tag } = this.view();
    return tag === null || this.tags().includes(tag) ? this.tags() : [...this.tags(), tag];
  });
  protected readonly search = viewChild.required<ElementRef<HTMLInputElement>>('search');

  constructor() {
    const run = () => this.search().nativeElement.focus();
    inject(Keyboard).on('/', { group: 'Hosts', label: 'Search hosts', run }, inject(DestroyRef));
  }

  /** Escape empties the field, then leaves it. */
  protected escape(): void {
    if (this.view().search === '') this.search().nativeElement.blur();
    else this.changed.emit({ search: '' });
  }
}
