import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const FILE = join(import.meta.dirname, 'a-collector.ts');
const COMPILER_OPTIONS: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ['node'],
};

const collectorWhoseReadIs = (body: string): string => `
import { defineCollector } from './define-collector.ts';
defineCollector({
  name: 'disk',
  title: 'Disk',
  metrics: { read_bytes_per_sec: { title: 'Read', unit: 'bytes_per_sec', kind: 'rate' } },
  dimensions: { device: { title: 'Device', metrics: { queue_depth_count: { title: 'Queue', unit: 'count', kind: 'gauge' } } } },
  open: () => ({ read({ elapsedMs }) { ${body} } }),
});`;

/** What the compiler says of each collector, in the order given; one program for all, because a program takes seconds. */
function complaints(bodies: readonly string[]): string[][] {
  const sources = new Map(bodies.map((body, index) => [FILE.replace('.ts', `-${index}.ts`), collectorWhoseReadIs(body)]));
  const host = ts.createCompilerHost(COMPILER_OPTIONS);
  const program = ts.createProgram([...sources.keys()], COMPILER_OPTIONS, {
    ...host,
    readFile: (path) => sources.get(path) ?? host.readFile(path),
    fileExists: (path) => sources.has(path) || host.fileExists(path),
    getSourceFile: (path, ...rest) => {
      const text = sources.get(path);
      return text === undefined ? host.getSourceFile(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
    },
  });
  return [...sources.keys()].map((path) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
}

describe('what a collector may read', () => {
  it('is what it declares, and nothing else compiles', { timeout: 60_000 }, () => {
    const [whole, partial, late, typo, inDimension, inBranch, untyped, text] = complaints([
      `return { metrics: { read_bytes_per_sec: 1, device: { vda: { queue_depth_count: null } } }, unavailable: { device: 'none' } };`,
      `if (elapsedMs === null) return { metrics: {}, status: 'partial', reason: 'first' }; return { metrics: { read_bytes_per_sec: elapsedMs } };`,
      `return Promise.resolve({ metrics: { read_bytes_per_sec: 1 } });`,
      `return { metrics: { red_bytes_per_sec: 1 } };`,
      `return { metrics: { device: { vda: { queue_count: 1 } } } };`,
      `if (elapsedMs === null) return { metrics: {} }; return { metrics: { read_bytes_per_sec: 1, write_bytes_per_sec: 1 } };`,
      `const metrics: Record<string, number> = {}; return { metrics };`,
      `return { metrics: { read_bytes_per_sec: '1' } };`,
    ]);
    expect([whole, partial, late]).toEqual([[], [], []]);
    expect(typo?.join()).toContain('red_bytes_per_sec');
    expect(inDimension?.join()).toContain('queue_count');
    expect(inBranch?.join()).toContain('write_bytes_per_sec');
    expect(untyped).toHaveLength(1);
    expect(text).toHaveLength(1);
  });
});
