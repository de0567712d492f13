const TYPED_INTO =
  'input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable], [role=textbox], [role=combobox]';
const PRESSED =
  'button, a[href], summary, input, [role=button], [role=checkbox], [role=switch], [role=tab], [role=option], [role=menuitem]';
const MOVED_IN =
  'input, [role=slider], [role=radiogroup], [role=tablist], [role=listbox], [role=menu], [role=grid], [role=tree], [role=toolbar], [role=separator]';
/** Stands behind whatever is open over the page: dialogs, menus and lists of choices. */
const OPEN_OVER_PAGE = '.cdk-overlay-backdrop';

const MOVES = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'];

/** Whether a key is for what has the focus, or for what is open over the page, rather than a shortcut. */
export function takesKey(target: EventTarget | null, key: string): boolean {
  if (document.querySelector(OPEN_OVER_PAGE) !== null) return true;
  if (!(target instanceof Element)) return false;
  if (target.closest(TYPED_INTO) !== null) return true;
  if (key === 'space' || key === 'Enter') return target.closest(PRESSED) !== null;
  return MOVES.includes(key) && target.closest(MOVED_IN) !== null;
}
