/** Whole numbers from 0 to below 2 ** 53: 7 bytes at most. */
export type Codes = Float64Array;

/** Of doubles as they are; codes are shorter. */
export const DOUBLE_WIDTH = 8;
const TWO_32 = 2 ** 32;
/** From so many codes on, how often each byte occurs says what they cost; of fewer only how long they are does. */
const ENTROPY_FROM = 256;
/** Bytes that the description of a column comes to when compressed. */
const HEADER_COST = 8;

/** Bytes that the largest code takes; 0 where all are 0. */
export function widthOf(codes: Codes): number {
  let largest = 0;
  for (const code of codes) if (code > largest) largest = code;
  let width = 0;
  for (; largest >= 1; largest /= 256) width += 1;
  return width;
}

/** About how many bytes the codes come to once compressed. */
export function costOf(codes: Codes): number {
  return HEADER_COST + (codes.length < ENTROPY_FROM ? lengthCost(codes) : entropyCost(codes));
}

function lengthCost(codes: Codes): number {
  let bits = 0;
  for (const code of codes) bits += Math.log2(1 + code);
  return bits / 8;
}

function entropyCost(codes: Codes): number {
  const width = widthOf(codes);
  const counts = new Uint32Array(256 * width);
  for (const code of codes) {
    let rest = code;
    for (let at = 0; at < counts.length; at += 256) {
      const byte = rest & 255;
      const index = at + byte;
      counts[index] = (counts[index] ?? 0) + 1;
      rest = rest < TWO_32 ? rest >>> 8 : Math.floor(rest / 256);
    }
  }
  let bits = width * codes.length * Math.log2(codes.length);
  for (const count of counts) if (count > 1) bits -= count * Math.log2(count);
  return bits / 8;
}

/** All lowest bytes, then all second bytes, and so on: bytes that are alike stand together. */
export function toPlanes(codes: Codes, width: number): Uint8Array {
  const count = codes.length;
  const bytes = new Uint8Array(width * count);
  for (let plane = 0; plane < width; plane += 1) {
    const at = plane * count;
    const shift = 8 * (plane % 4);
    if (plane < 4) for (let index = 0; index < count; index += 1) bytes[at + index] = (codes[index] ?? 0) >>> shift;
    else for (let index = 0; index < count; index += 1) bytes[at + index] = Math.floor((codes[index] ?? 0) / TWO_32) >>> shift;
  }
  return bytes;
}

/** The bytes of doubles, in planes as those of codes. */
export function doublesToPlanes(numbers: Float64Array): Uint8Array {
  const { length } = numbers;
  const bytes = new Uint8Array(numbers.slice().buffer);
  const planes = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 1) planes[(at % DOUBLE_WIDTH) * length + Math.floor(at / DOUBLE_WIDTH)] = bytes[at] ?? 0;
  return planes;
}

/** Fills `numbers` from what doublesToPlanes gave, which begins at `from`. */
export function readDoublePlanes(planes: Uint8Array, from: number, numbers: Float64Array): void {
  const { length } = numbers;
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, DOUBLE_WIDTH * length);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = planes[from + (at % DOUBLE_WIDTH) * length + Math.floor(at / DOUBLE_WIDTH)] ?? 0;
  }
}

/** Fills `codes` from what toPlanes gave, which begins at `from`. */
export function readPlanes(bytes: Uint8Array, from: number, { codes, width }: { codes: Codes; width: number }): void {
  const count = codes.length;
  if (width === 0) codes.fill(0);
  // The first two together: most codes have no more.
  const second = width > 1 ? from + count : -1;
  if (width > 0) {
    for (let index = 0; index < count; index += 1) {
      codes[index] = (bytes[from + index] ?? 0) + (second < 0 ? 0 : 256 * (bytes[second + index] ?? 0));
    }
  }
  for (let plane = 2, unit = 65_536; plane < width; plane += 1, unit *= 256) {
    const at = from + plane * count;
    for (let index = 0; index < count; index += 1) codes[index] = (codes[index] ?? 0) + unit * (bytes[at + index] ?? 0);
  }
}
