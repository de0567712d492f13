/** Colours of series by name; each is a token of styles/tokens.scss. One colour means one thing on a page. */
export const SERIES_COLOURS = ['blue', 'violet', 'amber', 'green', 'cyan', 'pink', 'red', 'lime', 'grey'] as const;
export type SeriesColour = (typeof SERIES_COLOURS)[number];

/** The tokens a canvas needs, as it cannot read custom properties itself. */
export interface ChartTheme {
  font: string;
  /** Of the labels of axes, in CSS pixels. */
  labelSize: number;
  text: string;
  muted: string;
  faint: string;
  line: string;
  surface: string;
  /** Opacity of filled areas. */
  fill: number;
  series: Readonly<Record<SeriesColour, string>>;
  /** From nothing to all: no data, lowest, high, highest. */
  heat: readonly [none: string, low: string, high: string, top: string];
}

/** The colour of the `index`th series where no meaning is known. */
export function colourAt(index: number): SeriesColour {
  return SERIES_COLOURS[index % (SERIES_COLOURS.length - 1)] ?? 'blue';
}

/** Reads the tokens of the theme that is on. */
export function readChartTheme(read: (token: string) => string): ChartTheme {
  const series = Object.fromEntries(SERIES_COLOURS.map((name) => [name, read(`--series-${name}`)]));
  return {
    font: read('--font'),
    labelSize: Number.parseFloat(read('--label-size')),
    text: read('--text'),
    muted: read('--muted'),
    faint: read('--faint'),
    line: read('--line'),
    surface: read('--surface'),
    fill: Number(read('--fill')),
    series: { ...NO_SERIES, ...series },
    heat: [read('--heat-none'), read('--heat-low'), read('--heat-high'), read('--heat-top')],
  };
}

const NO_SERIES: Readonly<Record<SeriesColour, string>> = {
  blue: '',
  violet: '',
  amber: '',
  green: '',
  cyan: '',
  pink: '',
  red: '',
  lime: '',
  grey: '',
};
