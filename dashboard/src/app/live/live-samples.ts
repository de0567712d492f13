import { DestroyRef, inject, Injectable } from '@angular/core';
import { FrameClock } from './frame-clock.ts';
import { HostSamples } from './host-samples.ts';
import { PastApi } from './past-api.ts';

/** The samples of the host on the live page, for as long as that is open. */
@Injectable()
export class LiveSamples extends HostSamples {
  constructor() {
    super({ past: inject(PastApi), clock: inject(FrameClock) });
    inject(DestroyRef).onDestroy(() => this.close());
  }
}
