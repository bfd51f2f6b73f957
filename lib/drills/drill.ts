/** A rehearsal of a loss: what is done to a shop of its own while customers buy, and what must be true afterwards. */
import type { LocalState } from '../local/state.ts';

export type DrillContext = {
  /** The shop as it was started. */
  readonly state: LocalState;
  readonly say: (sentence: string) => void;
  /** Resolves once so many more purchases have come to their end. */
  readonly afterPurchases: (count: number) => Promise<void>;
  /** Told while nothing runs because the drill starts the shop again. */
  readonly onRestarting: (isRestarting: boolean) => void;
  readonly signal: AbortSignal;
};

/** Something that the drill itself found: true, or a violation. */
export type DrillCheck = { readonly sentence: string; readonly holds: boolean };

export type Drill = {
  readonly name: string;
  readonly sentence: string;
  /** Inflicts the loss and answers it. Throws what went wrong on the way. */
  readonly run: (context: DrillContext) => Promise<readonly DrillCheck[]>;
};
