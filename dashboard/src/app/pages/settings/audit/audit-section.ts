import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';
import { AUDIT_ACTIONS } from '@perfwatch/contract';
import { Icon } from '../../../controls/icon.ts';
import { TimeDisplay } from '../../../preferences/time-display.ts';
import { Card } from '../card.ts';
import { Loading } from '../loading.ts';
import { Notice } from '../notice.ts';
import { AuditStore } from './audit-store.ts';
import { ACTION_TITLES, auditLine } from './audit-words.ts';

const CHOICES = AUDIT_ACTIONS.map((action) => ({ action, title: ACTION_TITLES[action] }));

/** Who did what, when and from where. */
@Component({
  selector: 'pw-audit-section',
  imports: [Card, Icon, Loading, MatButton, MatFormField, MatInput, MatLabel, MatOption, MatSelect, Notice],
  providers: [AuditStore],
  templateUrl: './audit-section.html',
  styleUrls: ['../controls.scss', './audit-section.scss'],
})
export default class AuditSection {
  readonly #clock = inject(TimeDisplay).clock;
  protected readonly store = inject(AuditStore);
  protected readonly choices = CHOICES;
  protected readonly lines = computed(() => {
    const clock = this.#clock();
    return this.store.events()?.map((event) => ({
      ...auditLine(event),
      id: event.id,
      at: event.at,
      time: clock.moment(Date.parse(event.at)),
      address: event.address,
    }));
  });
}
