/** Gives a file to the browser to be saved. */
export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // Browsers begin to read it after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** `perfwatch-cpu-web-1-20261124T130000Z.csv`: safe on every file system. */
export function fileNameOf({
  what,
  hosts,
  fromMs,
  ending,
}: {
  what: string;
  hosts: readonly string[];
  fromMs: number;
  ending: string;
}): string {
  const begin = new Date(fromMs).toISOString().slice(0, 19).replace(/[-:]/g, '');
  return `perfwatch-${what}-${hosts.join('-').slice(0, 80)}-${begin}Z.${ending}`;
}
