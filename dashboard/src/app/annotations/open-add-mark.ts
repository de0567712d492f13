import type { Injector } from '@angular/core';
import type { AnnotationRecord } from '@perfwatch/contract';

/** Where a mark is to be set. */
export interface NewMark {
  host: string;
  /** Hosts to choose from, where there are several. */
  hosts?: readonly string[];
  /** The moment that is proposed, in milliseconds since the epoch. */
  tsMs: number;
}

/** Asks for a mark and sets it; undefined when the dialog was closed without one. */
export async function openAddMark(injector: Injector, mark: NewMark): Promise<AnnotationRecord | undefined> {
  const { openAddMarkDialog } = await import('./add-mark-dialog.ts');
  return openAddMarkDialog(injector, mark);
}
