import { describe, expect, it } from 'vitest';
import { ProcfsParseError } from './parse-error.ts';
import { parsePressure } from './pressure.ts';

const line = (kind: string, total: string) => `${kind} avg10=0.00 avg60=0.00 avg300=0.00 total=${total}\n`;

describe('parsePressure', () => {
  it('gives the totals of both lines', () => {
    expect(parsePressure(line('some', '1987654321012') + line('full', '7'))).toEqual({
      someMicroseconds: 1987654321012,
      fullMicroseconds: 7,
    });
  });

  it('leaves null what a kernel does not tell', () => {
    expect(parsePressure(line('some', '5'))).toEqual({ someMicroseconds: 5, fullMicroseconds: null });
    expect(parsePressure(line('full', '5'))).toEqual({ someMicroseconds: null, fullMicroseconds: 5 });
  });

  it.each(['', '\n', line('most', '5'), line('some', '-5'), 'some avg10=0.00\n', line('some', '5 6')])('refuses %j', (text) => {
    expect(() => parsePressure(text)).toThrow(ProcfsParseError);
  });
});
