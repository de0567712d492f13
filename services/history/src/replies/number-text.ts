const GROUP = 1000;
const PADDED = Array.from({ length: GROUP }, (_, group) => String(group).padStart(3, '0'));
const TRIMMED = PADDED.map((digits) => digits.replace(/0+$/, ''));

/** From which size on a number is written with how many decimals, in groups of three: fifteen digits at most, which a double holds exactly. */
const SCALES = [
  { below: 1, groups: 4, factor: 1e12 },
  { below: 1e6, groups: 3, factor: 1e9 },
  { below: 1e12, groups: 1, factor: 1e3 },
] as const;
const SMALLEST = 1e-3;
const MILLION = 1e6;

const scaleOf = (magnitude: number) => (magnitude < SCALES[0].below ? SCALES[0] : magnitude < SCALES[1].below ? SCALES[1] : SCALES[2]);

/** A mean without digits that mean nothing: within 5e-10 of its size. Half of the text of a reply would be such digits. */
export function roundMean(mean: number): number {
  const magnitude = Math.abs(mean);
  if (!(magnitude >= SMALLEST && magnitude < SCALES[2].below)) return mean;
  const { factor } = scaleOf(magnitude);
  return Math.round(mean * factor) / factor;
}

/**
 * As `String(value)`, in half the time for what has few decimals, as nearly every number of a reply does: writing numbers is most of what
 * a reply costs.
 */
export function numberText(value: number): string {
  const magnitude = Math.abs(value);
  if (!(magnitude >= SMALLEST && magnitude < SCALES[2].below)) return String(value);
  const { groups, factor } = scaleOf(magnitude);
  const scaled = Math.round(magnitude * factor);
  if (scaled / factor !== magnitude) return String(value);
  const whole = Math.floor(scaled / factor);
  const fraction = scaled - whole * factor;
  const text = (value < 0 ? '-' : '') + wholeText(whole);
  return fraction === 0 ? text : `${text}.${fractionText(fraction, groups)}`;
}

/** Numbers of up to 31 bits are written several times as fast as larger ones. */
function wholeText(whole: number): string {
  if (whole < MILLION) return String(whole);
  const millions = Math.floor(whole / MILLION);
  const rest = whole - millions * MILLION;
  const thousands = Math.floor(rest / GROUP);
  return `${millions}${PADDED[thousands] ?? ''}${PADDED[rest - thousands * GROUP] ?? ''}`;
}

/** Decimals without zeros at the end. */
function fractionText(fraction: number, groups: number): string {
  let text = '';
  let left = fraction;
  for (let unit = GROUP ** (groups - 1); left > 0; unit /= GROUP) {
    const group = Math.floor(left / unit);
    left -= group * unit;
    text += (left > 0 ? PADDED[group] : TRIMMED[group]) ?? '';
  }
  return text;
}
