import { describe, expect, it } from 'vitest';
import { BlockCache, type Block } from './block-cache.ts';

class TestBlock implements Block {
  bytes: number;

  constructor(bytes: number) {
    this.bytes = bytes;
  }
}
class OtherBlock extends TestBlock {
  readonly isOther = true;
}

describe('BlockCache', () => {
  it('drops what was not used for longest when there is too much', () => {
    const cache = new BlockCache(3000);
    for (const key of ['a', 'b', 'c']) cache.set(key, new TestBlock(700));
    expect(cache.get('a', TestBlock)).not.toBeNull();
    cache.set('d', new TestBlock(700));
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key, TestBlock) !== null)).toEqual(['a', 'c', 'd']);
    expect(cache.bytes).toBeLessThanOrEqual(3000);
  });

  it('counts what a block has grown to when it is used, and keeps none that is larger than all of it', () => {
    const cache = new BlockCache(3000);
    const block = new TestBlock(100);
    cache.set('a', block);
    cache.set('b', new TestBlock(1000));
    block.bytes = 2500;
    expect(cache.get('a', TestBlock)).toBe(block);
    expect(cache.get('b', TestBlock)).toBeNull();
    cache.set('c', new TestBlock(5000));
    expect(cache.get('c', TestBlock)).toBeNull();
    cache.delete('a');
    expect(cache.bytes).toBe(0);
  });

  it('gives nothing of another kind', () => {
    const cache = new BlockCache();
    cache.set('a', new TestBlock(1));
    expect(cache.get('a', OtherBlock)).toBeNull();
  });
});
