import { Dialog, DialogConfig, type DialogRef } from '@angular/cdk/dialog';
import { createGlobalPositionStrategy } from '@angular/cdk/overlay';
import { DestroyRef, type Injector } from '@angular/core';
import { SettingsPanel } from './settings-panel.ts';

/** Opens the settings beside the rail, or above it on a phone. Loaded when it is first asked for; closes with the page that `injector` belongs to. */
export function openSettings(injector: Injector): void {
  const isPhone = window.matchMedia('(max-width: 700px)').matches;
  const corner = () => createGlobalPositionStrategy(injector).bottom('var(--space-3)').left('calc(var(--rail) + var(--space-3))');
  const foot = () => createGlobalPositionStrategy(injector).bottom('calc(var(--rail) + var(--space-3))').centerHorizontally();
  const config = new DialogConfig<unknown, DialogRef<unknown, SettingsPanel>>();
  config.ariaLabelledBy = 'settings-title';
  config.positionStrategy = isPhone ? foot() : corner();
  config.backdropClass = 'cdk-overlay-transparent-backdrop';
  const dialog = injector.get(Dialog).open(SettingsPanel, config);
  // A session that ends elsewhere takes the page away from under the dialog.
  const forget = injector.get(DestroyRef).onDestroy(() => dialog.close());
  dialog.closed.subscribe(forget);
}
