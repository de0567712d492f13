import { Injectable } from '@angular/core';
import { KeptPreferences } from './kept-preferences.ts';

/** What the viewer prefers, kept in this browser at once and on the server by `PreferencesSync`. */
@Injectable({ providedIn: 'root' })
export class PreferencesStore extends KeptPreferences {
  constructor() {
    super(localStorage);
    window.addEventListener('storage', ({ key }) => this.adoptStored(key));
  }
}
