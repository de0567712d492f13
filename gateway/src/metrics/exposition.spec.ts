import { describe, expect, it } from 'vitest';
import { expositionOf, formatFor, type Family } from './exposition.ts';

const FAMILIES: Family[] = [
  { name: 'a_bytes', type: 'gauge', help: 'Size of "a",\nin C:\\', unit: 'bytes', lines: ['a_bytes 1', 'a_bytes{b="c"} 2'] },
  { name: 'b', type: 'counter', help: 'Count', unit: null, lines: ['b_total 3'] },
  { name: 'c', type: 'gauge', help: 'Nobody has it', unit: null, lines: [] },
];

describe('the text', () => {
  it('is OpenMetrics: units, counters by their family, an end', () => {
    expect(expositionOf(FAMILIES, 'openmetrics')).toBe(
      [
        String.raw`# HELP a_bytes Size of \"a\",\nin C:\\`,
        '# TYPE a_bytes gauge',
        '# UNIT a_bytes bytes',
        'a_bytes 1',
        'a_bytes{b="c"} 2',
        '# HELP b Count',
        '# TYPE b counter',
        'b_total 3',
        '# EOF',
        '',
      ].join('\n'),
    );
  });

  it('is text 0.0.4: counters by their series', () => {
    expect(expositionOf(FAMILIES, 'text')).toBe(
      [
        String.raw`# HELP a_bytes Size of "a",\nin C:\\`,
        '# TYPE a_bytes gauge',
        'a_bytes 1',
        'a_bytes{b="c"} 2',
        '# HELP b_total Count',
        '# TYPE b_total counter',
        'b_total 3',
        '',
      ].join('\n'),
    );
  });
});

describe('the format', () => {
  it.each([
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'text'],
    ['application/openmetrics-text', 'openmetrics'],
    // Prometheus 2.42, and 2.53 with protobuf.
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'openmetrics',
    ],
    [
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3',
      'openmetrics',
    ],
    ['application/openmetrics-text;q=0.1, text/plain', 'text'],
    ['application/openmetrics-text;q=0', 'text'],
    ['application/openmetrics-text;q=nonsense', 'text'],
    [';;,,q=,', 'text'],
  ])('for Accept %s is %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});
