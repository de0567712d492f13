const GROUP = 1000;
const DIGITS = 3;
const ZERO = 48;
const MINUS = 45;
const POINT = 46;
/** Of each group its three digits, one after another. */
const GROUP_DIGITS = Uint8Array.from({ length: DIGITS * GROUP }, (_, at) => {
  const group = Math.floor(at / DIGITS);
  return ZERO + (Math.floor(group / 10 ** (DIGITS - 1 - (at % DIGITS))) % 10);
});
/** Room that any number needs: `-0.0000012345678901234567`. */
export const NUMBER_BYTES = 25;

/** From which size on a number is written with how many decimals: fifteen digits at most, which a double holds exactly. */
const SCALES = [
  { below: 1, factor: 1e12 },
  { below: 1e6, factor: 1e9 },
  { below: 1e12, factor: 1e3 },
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
 * Writes what `String(value)` gives and tells where it ends. Several times as fast for what has few decimals, as nearly every number of a
 * reply does: writing numbers is most of what a reply costs. `out` needs NUMBER_BYTES from `at` on.
 */
export function writeNumber(out: Buffer, at: number, value: number): number {
  const magnitude = Math.abs(value);
  const isPlain = (magnitude >= SMALLEST && magnitude < SCALES[2].below) || magnitude === 0;
  const { factor } = scaleOf(magnitude);
  const scaled = isPlain ? Math.round(magnitude * factor) : NaN;
  if (scaled / factor !== magnitude) return at + out.write(String(value), at, 'latin1');
  let end = at;
  if (value < 0) out[end++] = MINUS;
  const whole = Math.floor(scaled / factor);
  end = writeWhole(out, end, whole);
  const fraction = scaled - whole * factor;
  return fraction === 0 ? end : writeFraction(out, end, { fraction, unit: factor / GROUP });
}

/** Less than 1e12. */
function writeWhole(out: Buffer, at: number, whole: number): number {
  if (whole >= MILLION) {
    const millions = Math.floor(whole / MILLION);
    const rest = whole - millions * MILLION;
    const thousands = Math.floor(rest / GROUP);
    const end = writeGroup(out, writeWhole(out, at, millions), thousands);
    return writeGroup(out, end, rest - thousands * GROUP);
  }
  if (whole < 10) {
    out[at] = ZERO + whole;
    return at + 1;
  }
  const digits = whole < 100 ? 2 : whole < 1000 ? 3 : whole < 10_000 ? 4 : whole < 100_000 ? 5 : 6;
  // Whole numbers of 32 bits are divided several times as fast as doubles.
  let left = whole | 0;
  for (let place = at + digits - 1; place >= at; place -= 1) {
    const tens = (left / 10) | 0;
    out[place] = ZERO + left - 10 * tens;
    left = tens;
  }
  return at + digits;
}

function writeGroup(out: Buffer, at: number, group: number): number {
  const from = DIGITS * group;
  out[at] = GROUP_DIGITS[from] ?? ZERO;
  out[at + 1] = GROUP_DIGITS[from + 1] ?? ZERO;
  out[at + 2] = GROUP_DIGITS[from + 2] ?? ZERO;
  return at + DIGITS;
}

/** The point and decimals, without zeros at the end. `unit`: one of the last decimal of the first group. */
function writeFraction(out: Buffer, at: number, { fraction, unit }: { fraction: number; unit: number }): number {
  out[at] = POINT;
  let end = at + 1;
  for (let left = fraction, size = unit; left > 0; size /= GROUP) {
    const group = Math.floor(left / size);
    left -= group * size;
    end = writeGroup(out, end, group);
  }
  while (out[end - 1] === ZERO) end -= 1;
  return end;
}
