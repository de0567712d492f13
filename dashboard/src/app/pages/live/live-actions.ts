import { inject, Injectable, Injector } from '@angular/core';
import type { AnnotationRecord } from '@perfwatch/contract';
import { AnnotationsStore } from '../../annotations/annotations-store.ts';
import { openAddMark } from '../../annotations/open-add-mark.ts';
import { CollectorStore } from '../../live/collector-store.ts';
import { LiveStore } from '../../live/live-store.ts';
import { PanelLayout } from '../../live/panel-layout.ts';

/** What the live page's buttons, menu and keys open. The dialogs are fetched when they are. */
@Injectable()
export class LiveActions {
  readonly #injector = inject(Injector);
  readonly #live = inject(LiveStore);
  readonly #annotations = inject(AnnotationsStore);
  readonly #layout = inject(PanelLayout);
  readonly #collectors = inject(CollectorStore);

  /** Sets a mark at the moment under the pointer or the end of a paused window, else now. */
  async mark(): Promise<void> {
    const host = this.#live.host();
    if (host === null) return;
    const tsMs = this.#live.crosshairMs() ?? this.#live.pausedAtMs() ?? Date.now();
    const mark = await openAddMark(this.#injector, { host, tsMs });
    if (mark !== undefined) this.#annotations.add(mark);
  }

  async showMarks(marks: readonly AnnotationRecord[]): Promise<void> {
    const { openMarkListDialog } = await import('../../annotations/mark-list-dialog.ts');
    openMarkListDialog(this.#injector, { marks, removed: (id) => this.#annotations.drop(id) });
  }

  async editPanels(): Promise<void> {
    const { openPanelsDialog } = await import('./panels-dialog.ts');
    openPanelsDialog(this.#injector, { layout: this.#layout, collectors: this.#collectors });
  }
}
