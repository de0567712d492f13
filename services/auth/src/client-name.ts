const MAX_LENGTH = 60;

/** In this order: browsers name each other, the real one among the first found. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Chrome without a window'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

const nameIn = (list: readonly (readonly [RegExp, string])[], text: string): string | null =>
  list.find(([pattern]) => pattern.test(text))?.[1] ?? null;

/** A User-Agent header (RFC 9110, section 10.1.5) as people say it: `Firefox on Linux`, or else its first product; null for none. */
export function clientName(userAgent: string | null | undefined): string | null {
  const text = (userAgent ?? '').trim();
  if (text.startsWith('Mozilla/')) {
    const parts = [nameIn(BROWSERS, text) ?? 'A browser', nameIn(SYSTEMS, text)].filter((part) => part !== null);
    return parts.join(' on ');
  }
  const product = /^[\w.+-]+/.exec(text)?.[0];
  return product === undefined ? null : product.slice(0, MAX_LENGTH);
}
