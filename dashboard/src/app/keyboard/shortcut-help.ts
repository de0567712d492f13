import { Component, inject, type Injector } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog, MatDialogActions, MatDialogClose, MatDialogConfig, MatDialogContent, MatDialogTitle } from '@angular/material/dialog';
import { RouterLink } from '@angular/router';
import { PreferencesStore } from '../preferences/preferences-store.ts';
import { keyCap } from './key-bindings.ts';
import { Keyboard } from './keyboard.ts';

/** The shortcuts that work now, the page's before those of the whole dashboard. */
@Component({
  selector: 'pw-shortcut-help',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle, RouterLink],
  templateUrl: './shortcut-help.html',
  styleUrl: './shortcut-help.scss',
  host: { 'data-testid': 'shortcut-help' },
})
class ShortcutHelp {
  protected readonly groups = inject(Keyboard).groups();
  protected readonly areOn = inject(PreferencesStore).shortcuts;

  /** Alternatives, each a sequence of keys. */
  protected caps(keys: readonly string[]): string[][] {
    return keys.map((key) => key.split(' ').map(keyCap));
  }
}

/** Opens the list of shortcuts. */
export function openShortcutHelp(injector: Injector): void {
  injector.get(MatDialog).open(ShortcutHelp, Object.assign(new MatDialogConfig(), { width: 'min(560px, 94vw)', autoFocus: 'dialog' }));
}
