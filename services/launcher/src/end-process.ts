/** What a call of node:fs that has not ended is called among the active resources: FSReqPromise, FSReqCallback. */
const FILE_CALL = /^FSReq/;

/**
 * Ends this process, as `process.exit` does, which first joins the threads of libuv: where one asks a mount that hangs, that is never.
 * Such a process becomes another program, which ends at once: execve(2) kills all other threads. Killing itself would lose the exit
 * code, and process 1, as in a container, cannot.
 */
export function endProcess(code: number): never {
  const isAsking = process.getActiveResourcesInfo().some((resource) => FILE_CALL.test(resource));
  if (isAsking) process.execve?.(process.execPath, [process.execPath, '--eval', `process.exit(${code})`], {});
  process.exit(code);
}
