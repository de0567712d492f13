import { describe, expect, it } from 'vitest';
import { annotationSchema, newAnnotationSchema } from './index.ts';

const mark = { ts: '2026-11-23T19:20:31Z', title: 'deploy' };

describe('an annotation', () => {
  it.each([{ title: 'a\0b' }, { text: '\0' }, { tags: ['ok', '\0'] }, { title: '' }, { tags: [''] }])('is refused with %j', (change) => {
    expect(annotationSchema.safeParse({ ...mark, ...change }).success).toBe(false);
    expect(newAnnotationSchema.safeParse({ ...mark, ...change }).success).toBe(false);
  });

  it('may have line breaks in its text', () => {
    expect(annotationSchema.safeParse({ ...mark, text: 'one\ntwo' }).success).toBe(true);
  });
});
