import { type DestroyRef, inject, Injectable, Injector, afterNextRender } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router } from '@angular/router';
import { filter, map, pairwise, startWith } from 'rxjs';

const pathOf = (url: string) => url.replace(/[?#].*$/, '');

/** Moves the focus to the heading of a page that was gone to, as a browser does that loads a page: who hears the page hears where they are. */
@Injectable({ providedIn: 'root' })
export class PageFocus {
  readonly #router = inject(Router);
  readonly #injector = inject(Injector);

  /** Until `destroyRef` is destroyed. A new query alone is the same page. */
  follow(destroyRef: DestroyRef): void {
    this.#router.events
      .pipe(
        filter((event) => event instanceof NavigationEnd),
        map(({ urlAfterRedirects }) => pathOf(urlAfterRedirects)),
        startWith(pathOf(this.#router.url)),
        pairwise(),
        // From the root address a host that is alone opens by itself: nobody went anywhere.
        filter(([before, now]) => before !== now && before !== '/'),
        takeUntilDestroyed(destroyRef),
      )
      .subscribe(() => afterNextRender(() => this.#focus(), { injector: this.#injector }));
  }

  #focus(): void {
    const content = document.getElementById('content');
    const heading = content?.querySelector('h1');
    // The page itself put the focus somewhere, or has a dialog open.
    const focused = document.activeElement;
    if (content === null || (content !== focused && content.contains(focused)) || document.querySelector('.cdk-overlay-backdrop') !== null)
      return;
    if (heading instanceof HTMLElement) heading.tabIndex = -1;
    (heading ?? content).focus();
  }
}
