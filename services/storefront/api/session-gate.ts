const open = Promise.resolve();
let gate = Promise.withResolvers<void>();
let passing = open;

/** What holds questions to the shop back, from the end of a session until its reader has decided how to go on. */
export const sessionGate = {
  close: (): void => {
    if (passing !== open) return;
    gate = Promise.withResolvers();
    passing = gate.promise;
  },
  open: (): void => {
    passing = open;
    gate.resolve();
  },
  /** Resolves once nothing is held back. */
  passed: (): Promise<void> => passing,
};
