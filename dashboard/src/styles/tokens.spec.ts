import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SERIES_COLOURS } from '../app/theme/chart-theme.ts';
import { contrast, distanceSeen, linearColour, type LinearColour, type Sight } from './colour-vision.ts';

const SCSS = readFileSync(new URL('tokens.scss', import.meta.url), 'utf8');

const THEMES = ['dark', 'light'] as const;
type Theme = (typeof THEMES)[number];
const SURFACES = ['bg', 'surface', 'raised'];
/** WCAG 2.2, 1.4.3 and 1.4.11. */
const TEXT_CONTRAST = 4.5;
const GRAPHIC_CONTRAST = 3;
const TEXTS = ['text', 'muted', 'faint', 'accent', 'warn', 'bad'];
const SERIES = SERIES_COLOURS.map((name) => `series-${name}`);
const STATES = ['ok', 'warn', 'bad'];
/** Five times what can just be told apart where colours meet, as lines of a chart and the legend's swatches are small and do not. */
const LEAST_APART = 10;
/** With one kind of cones less there is less room: three times what can just be told apart. */
const LEAST_APART_WITHOUT_A_CONE = 6;

/** A theme's colour; throws where it has none of that name. */
function colour(theme: Theme, token: string): LinearColour {
  const [, block = ''] = SCSS.split(`:root[data-theme='${theme}'] {`);
  const value = new RegExp(`--${token}: (#[0-9a-f]{6});`).exec(block.slice(0, block.indexOf('}')))?.[1];
  if (value === undefined) throw new Error(`no ${token} in ${theme}`);
  return linearColour(value);
}

/** Colours of a theme with too little contrast, with the contrast they have. */
function tooFaint(theme: Theme, { tokens, surfaces, least }: { tokens: string[]; surfaces: string[]; least: number }): string[] {
  return tokens.flatMap((token) =>
    surfaces
      .map((surface) => ({ surface, ratio: contrast(colour(theme, token), colour(theme, surface)) }))
      .filter(({ ratio }) => ratio < least)
      .map(({ surface, ratio }) => `${token} on ${surface}: ${ratio.toFixed(2)}`),
  );
}

/** Pairs of a theme's colours that look too much alike, with their distance. */
function tooNear(theme: Theme, { tokens, sight, least }: { tokens: string[]; sight: Sight; least: number }): string[] {
  return tokens.flatMap((first, index) =>
    tokens
      .slice(index + 1)
      .map((second) => ({ second, apart: distanceSeen(colour(theme, first), colour(theme, second), sight) }))
      .filter(({ apart }) => apart < least)
      .map(({ second, apart }) => `${first} and ${second}: ${apart.toFixed(1)}`),
  );
}

describe('the measures of colours', () => {
  const [black, white] = [linearColour('#000000'), linearColour('#ffffff')];
  const [red, green] = [linearColour('#ff0000'), linearColour('#00ff00')];

  it('give black on white the highest contrast there is, and #767676 on white just enough for text', () => {
    expect(contrast(black, white)).toBeCloseTo(21, 5);
    expect(contrast(linearColour('#767676'), white)).toBeCloseTo(4.54, 2);
  });

  it('put black and white 100 apart, whatever cones there are', () => {
    for (const sight of ['normal', 'protanopia', 'deuteranopia', 'tritanopia'] as const)
      expect(distanceSeen(black, white, sight)).toBeCloseTo(100, 0);
  });

  it('bring red and green nearer to each other without the cones for either, and not without those for blue', () => {
    const apart = distanceSeen(red, green, 'normal');
    expect(apart).toBeGreaterThan(50);
    expect(distanceSeen(red, green, 'deuteranopia')).toBeLessThan(0.7 * apart);
    expect(distanceSeen(red, green, 'tritanopia')).toBeGreaterThan(0.9 * apart);
  });
});

describe.each(THEMES)('colours of the %s theme', (theme) => {
  it('can be read as text on whatever they stand on', () => {
    expect(tooFaint(theme, { tokens: TEXTS, surfaces: SURFACES, least: TEXT_CONTRAST })).toEqual([]);
    expect(tooFaint(theme, { tokens: ['on-accent'], surfaces: ['accent'], least: TEXT_CONTRAST })).toEqual([]);
    // Names of annotations.
    expect(tooFaint(theme, { tokens: ['series-pink'], surfaces: ['bg', 'surface'], least: TEXT_CONTRAST })).toEqual([]);
  });

  it('can be seen as lines, dots and areas', () => {
    expect(tooFaint(theme, { tokens: [...SERIES, ...STATES], surfaces: SURFACES, least: GRAPHIC_CONTRAST })).toEqual([]);
    expect(tooFaint(theme, { tokens: ['heat-high', 'heat-top'], surfaces: ['heat-none', 'surface'], least: GRAPHIC_CONTRAST })).toEqual([]);
  });

  it.each([
    { sight: 'normal', least: LEAST_APART },
    { sight: 'protanopia', least: LEAST_APART_WITHOUT_A_CONE },
    { sight: 'deuteranopia', least: LEAST_APART_WITHOUT_A_CONE },
    { sight: 'tritanopia', least: LEAST_APART_WITHOUT_A_CONE },
  ] as const)('are told apart with $sight', ({ sight, least }) => {
    expect(tooNear(theme, { tokens: SERIES, sight, least })).toEqual([]);
    expect(tooNear(theme, { tokens: STATES, sight, least })).toEqual([]);
  });
});
