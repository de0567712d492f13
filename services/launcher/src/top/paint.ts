/** Colours of a terminal's own palette, which suits its background. */
const CODES = { plain: '', dim: '2', bold: '1', good: '32', warn: '33', bad: '31', title: '1;36' } as const;
export type Style = keyof typeof CODES;

/** A piece of a line. */
export interface Piece {
  text: string;
  style: Style;
}
export type Line = readonly Piece[];

export const plain = (text: string): Piece => ({ text, style: 'plain' });
export const styled = (style: Style, text: string): Piece => ({ text, style });

/** A share of the width, coloured by how full it is. Nothing known is an empty bar. */
export function bar(percent: number | null | undefined, width: number): Line {
  const share = Math.min(100, Math.max(0, percent ?? 0));
  const full = Math.round((share / 100) * width);
  const style: Style = share >= 90 ? 'bad' : share >= 70 ? 'warn' : 'good';
  return [plain('['), styled(style, '|'.repeat(full)), styled('dim', '.'.repeat(width - full)), plain(']')];
}

/** A line as text, no longer than `columns`; with the codes of its styles where they are wanted. */
export function paint(line: Line, { columns, isColoured }: { columns: number; isColoured: boolean }): string {
  let left = columns;
  let text = '';
  for (const { text: piece, style } of line) {
    const shown = Array.from(piece).slice(0, left).join('');
    left -= Array.from(shown).length;
    const code = CODES[style];
    text += isColoured && code !== '' && shown !== '' ? `\u001b[${code}m${shown}\u001b[0m` : shown;
  }
  return text.trimEnd();
}
