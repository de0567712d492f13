/**
 * Waits for all of `starts` to settle, calling `onFailure` at the first that fails so that the others can be given up.
 * Throws what failed first; nothing is half started then.
 */
export async function startTogether(starts: readonly Promise<void>[], onFailure: () => void): Promise<void> {
  const failures: unknown[] = [];
  const note = (error: unknown) => {
    failures.push(error);
    onFailure();
  };
  await Promise.all(starts.map((start) => start.catch(note)));
  if (failures.length > 0) throw failures[0];
}
