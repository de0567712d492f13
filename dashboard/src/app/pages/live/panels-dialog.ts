import { CdkDrag, type CdkDragDrop, CdkDragHandle, CdkDropList, moveItemInArray } from '@angular/cdk/drag-drop';
import { Component, computed, inject, type Injector } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import {
  MAT_DIALOG_DATA,
  MatDialog,
  MatDialogActions,
  MatDialogClose,
  MatDialogConfig,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import { Icon } from '../../controls/icon.ts';
import type { CollectorStore } from '../../live/collector-store.ts';
import type { PanelLayout } from '../../live/panel-layout.ts';

/** The stores of the page that opened the dialog. */
interface PanelsDialogData {
  layout: PanelLayout;
  collectors: CollectorStore;
}

/** Which panels are shown, in which order: by drag, or with the buttons. */
@Component({
  selector: 'pw-panels-dialog',
  imports: [
    CdkDrag,
    CdkDragHandle,
    CdkDropList,
    Icon,
    MatButton,
    MatCheckbox,
    MatDialogActions,
    MatDialogClose,
    MatDialogContent,
    MatDialogTitle,
    MatIconButton,
  ],
  template: `
    <h2 matDialogTitle>Panels</h2>
    <mat-dialog-content>
      <ul cdkDropList (cdkDropListDropped)="drop($event)">
        @for (row of rows(); track row.name; let isFirst = $first; let isLast = $last) {
          <li cdkDrag [attr.data-testid]="'panel-row-' + row.name">
            <span cdkDragHandle class="grip"><pw-icon name="grip" /></span>
            <mat-checkbox [checked]="row.isShown" [attr.data-testid]="'panel-shown-' + row.name" (change)="toggle(row.name, row.isShown)">{{
              row.title
            }}</mat-checkbox>
            <button matIconButton [disabled]="isFirst" [attr.aria-label]="'Move ' + row.title + ' up'" (click)="move(row.name, -1)">
              <pw-icon name="up" />
            </button>
            <button matIconButton [disabled]="isLast" [attr.aria-label]="'Move ' + row.title + ' down'" (click)="move(row.name, 1)">
              <pw-icon name="down" />
            </button>
          </li>
        }
      </ul>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton data-testid="panels-reset" (click)="data.layout.reset()">As delivered</button>
      <button matButton="filled" matDialogClose data-testid="panels-done">Done</button>
    </mat-dialog-actions>
  `,
  styles: `
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      align-items: center;
      min-height: var(--touch);
      background: var(--surface);
      list-style: none;
    }
    .grip {
      display: grid;
      place-items: center;
      width: var(--control);
      min-height: var(--touch);
      color: var(--muted);
      cursor: grab;
    }
    mat-checkbox {
      flex: 1;
      min-width: 0;
    }
    .cdk-drag-preview {
      border-radius: var(--radius-small);
      background: var(--raised);
    }
    .cdk-drag-placeholder {
      opacity: 0.3;
    }
  `,
})
class PanelsDialog {
  protected readonly data = inject<PanelsDialogData>(MAT_DIALOG_DATA);
  protected readonly rows = computed(() =>
    this.data.layout.all().map((name) => ({
      name,
      title: this.data.collectors.info(name).title,
      isShown: !this.data.layout.hidden().includes(name),
    })),
  );

  protected toggle(name: string, isShown: boolean): void {
    if (isShown) this.data.layout.hide(name);
    else this.data.layout.show(name);
  }

  protected move(name: string, step: -1 | 1): void {
    const from = this.data.layout.all().indexOf(name);
    this.#place(from, from + step);
  }

  protected drop({ previousIndex, currentIndex }: CdkDragDrop<unknown>): void {
    this.#place(previousIndex, currentIndex);
  }

  #place(from: number, to: number): void {
    const order = [...this.data.layout.all()];
    moveItemInArray(order, from, to);
    this.data.layout.arrange(order);
  }
}

/** Opens the list of panels of the live page. */
export function openPanelsDialog(injector: Injector, data: PanelsDialogData): void {
  injector
    .get(MatDialog)
    .open<PanelsDialog, PanelsDialogData>(
      PanelsDialog,
      Object.assign(new MatDialogConfig<PanelsDialogData>(), { data, width: 'var(--dialog)' }),
    );
}
