/** Whether a process runs, or has ended without being waited for; false too for one that this account may not signal. */
export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
