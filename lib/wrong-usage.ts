/** Something typed that cannot be used; exit code 2. */
export class WrongUsage extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongUsage';
  }
}

/** Reads what was typed; a refusal keeps its sentence and becomes {@link WrongUsage}. */
export const asTyped = <T>(read: () => T): T => {
  try {
    return read();
  } catch (problem) {
    throw new WrongUsage((problem as Error).message);
  }
};
