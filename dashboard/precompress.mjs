import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Writes a .br and a .gz beside every text file of the build, so that the gateway compresses none while it serves. */
const root = path.join(import.meta.dirname, 'dist', 'browser');
const TEXT = /\.(js|css|html|svg)$/;
const SMALLEST_BYTES = 1024;

for (const name of readdirSync(root, { recursive: true })) {
  if (!TEXT.test(name)) continue;
  const file = path.join(root, name);
  const content = readFileSync(file);
  if (content.length < SMALLEST_BYTES) continue;
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}
