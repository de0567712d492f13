import { DestroyRef, ElementRef, inject, signal, type Signal } from '@angular/core';

/** Whether this component's element is on the screen (or about to be): what nobody sees is not drawn. Call while it is made. */
export function onScreen(): Signal<boolean> {
  const element = inject<ElementRef<HTMLElement>>(ElementRef);
  const isVisible = signal(false);
  const observer = new IntersectionObserver((entries) => isVisible.set(entries.at(-1)?.isIntersecting ?? false), { rootMargin: '64px' });
  observer.observe(element.nativeElement);
  inject(DestroyRef).onDestroy(() => observer.disconnect());
  return isVisible.asReadonly();
}

/** The element's size in CSS pixels, kept up to date. Call while the component is made. */
export function elementSize(): Signal<{ width: number; height: number }> {
  const element = inject<ElementRef<HTMLElement>>(ElementRef);
  const size = signal({ width: 0, height: 0 });
  const observer = new ResizeObserver(([entry]) => {
    if (entry !== undefined) size.set({ width: entry.contentRect.width, height: entry.contentRect.height });
  });
  observer.observe(element.nativeElement);
  inject(DestroyRef).onDestroy(() => observer.disconnect());
  return size.asReadonly();
}
