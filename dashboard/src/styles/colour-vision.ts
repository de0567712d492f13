/** Red, green and blue as light, each from 0 to 1, in proportion to the light of a screen. */
export type LinearColour = readonly [red: number, green: number, blue: number];

type Matrix = readonly [LinearColour, LinearColour, LinearColour];

/**
 * What is left of colours to those who lack one of the three cones, as linear RGB to linear RGB: Machado, Oliveira and Fernandes,
 * "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1.0.
 */
const SIGHTS = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const satisfies Record<string, Matrix>;

export type Sight = keyof typeof SIGHTS;

/** Linear RGB to the responses of the cones, and those, as cube roots, to lightness and two hues: Ottosson, "A perceptual color space for image processing" (2020). */
const CONES: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const OKLAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

const times = (matrix: Matrix, [a, b, c]: LinearColour): LinearColour => {
  const row = ([x, y, z]: LinearColour) => x * a + y * b + z * c;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
};

const each = ([a, b, c]: LinearColour, change: (part: number) => number): LinearColour => [change(a), change(b), change(c)];

/** A colour written as `#rrggbb`; throws for anything else. See IEC 61966-2-1. */
export function linearColour(hex: string): LinearColour {
  const digits = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(hex);
  if (digits === null) throw new Error(`not a colour: ${hex}`);
  const part = (index: number) => Number.parseInt(digits[index] ?? '', 16) / 255;
  return each([part(1), part(2), part(3)], (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
}

/** From 1 for no contrast to 21. See WCAG 2.2, "contrast ratio". */
export function contrast(first: LinearColour, second: LinearColour): number {
  const luminance = ([red, green, blue]: LinearColour) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const [one, other] = [luminance(first) + 0.05, luminance(second) + 0.05];
  return Math.max(one, other) / Math.min(one, other);
}

/** How far apart two colours look: distance in OKLab times 100. About 2 can just be told apart side by side. */
export function distanceSeen(first: LinearColour, second: LinearColour, sight: Sight): number {
  const lab = (colour: LinearColour) => {
    const seen = each(times(SIGHTS[sight], colour), (part) => Math.min(1, Math.max(0, part)));
    return times(OKLAB, each(times(CONES, seen), Math.cbrt));
  };
  const [a, b] = [lab(first), lab(second)];
  return 100 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
