import { Component, signal } from '@angular/core';
import { configFor, formatMetricPath, LIVE_NAMESPACE, unitOf } from '@perfwatch/contract';
@Component({ selector: 'pw-root', template: `<p>{{ x() }}</p>` })
export class App { protected readonly x = signal(formatMetricPath({ metric: 'a' }) + unitOf('a_bytes')+LIVE_NAMESPACE + configFor.name); }
