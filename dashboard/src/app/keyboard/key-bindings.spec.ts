import { describe, expect, it } from 'vitest';
import { keyCap, KeyBindings, keyName, SEQUENCE_MS, type Shortcut } from './key-bindings.ts';

const shortcut = (label: string, group = 'Page'): Shortcut => ({ group, label, run: () => undefined });
const typed = (key: string, held: object = {}) => keyName({ key, ctrlKey: false, altKey: false, metaKey: false, ...held });

describe('KeyBindings', () => {
  it('runs what a key is bound to, and nothing for others', () => {
    const bindings = new KeyBindings();
    const pause = shortcut('Pause');
    bindings.add('space', pause);
    expect(bindings.press('space', 0)).toBe(pause);
    expect(bindings.press('x', 0)).toBeNull();
  });

  it('lets a page take a key over, and gives it back when the page leaves', () => {
    const bindings = new KeyBindings();
    const [everywhere, page] = [shortcut('Search everywhere'), shortcut('Search hosts')];
    bindings.add('/', everywhere);
    const leave = bindings.add('/', page);
    expect(bindings.press('/', 0)).toBe(page);
    leave();
    expect(bindings.press('/', 0)).toBe(everywhere);
  });

  it('takes two keys as a sequence only while the second comes soon', () => {
    const bindings = new KeyBindings();
    const hosts = shortcut('Hosts');
    bindings.add('g h', hosts);
    expect(bindings.press('h', 0)).toBeNull();
    expect(bindings.press('g', 0)).toBe('begun');
    expect(bindings.press('h', SEQUENCE_MS)).toBe(hosts);
    expect(bindings.press('g', 10_000)).toBe('begun');
    expect(bindings.press('h', 10_001 + SEQUENCE_MS)).toBeNull();
  });

  it('lets another key end a sequence and do what it does alone', () => {
    const bindings = new KeyBindings();
    const help = shortcut('Help');
    bindings.add('g h', shortcut('Hosts'));
    bindings.add('?', help);
    bindings.press('g', 0);
    expect(bindings.press('?', 1)).toBe(help);
    expect(bindings.press('h', 2)).toBeNull();
  });

  it('lists what works now by group, the page first, alternatives together', () => {
    const bindings = new KeyBindings();
    bindings.add('/', shortcut('Search everywhere', 'Everywhere'));
    bindings.add('?', shortcut('Help', 'Everywhere'));
    bindings.add('0', shortcut('Whole range', 'History'));
    bindings.add('Home', shortcut('Whole range', 'History'));
    bindings.add('/', shortcut('Search', 'History'));
    expect(bindings.groups()).toEqual([
      {
        group: 'History',
        entries: [
          { label: 'Whole range', keys: ['0', 'Home'] },
          { label: 'Search', keys: ['/'] },
        ],
      },
      { group: 'Everywhere', entries: [{ label: 'Help', keys: ['?'] }] },
    ]);
  });
});

describe('keyName', () => {
  it('names keys by what they type, whether or not Caps Lock is on', () => {
    expect([typed('G'), typed(' '), typed('?'), typed('ArrowLeft')]).toEqual(['g', 'space', '?', 'ArrowLeft']);
  });

  it('leaves combinations to the browser', () => {
    expect([typed('f', { ctrlKey: true }), typed('f', { metaKey: true }), typed('f', { altKey: true })]).toEqual([null, null, null]);
  });
});

describe('keyCap', () => {
  it('says what stands on the key', () => {
    expect(['g', 'ArrowLeft', 'space', 'Home'].map(keyCap)).toEqual(['G', '←', 'Space', 'Home']);
  });
});
