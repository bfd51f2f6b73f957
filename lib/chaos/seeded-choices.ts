/** Choices that look random and are the same for the same seed. */
export type Choices = {
  /** A whole number, both ends included. */
  whole(least: number, most: number): number;
  /** The same things in another order. */
  shuffled<Thing>(things: readonly Thing[]): Thing[];
};

/** Choices by mulberry32 (Tommy Ettinger, public domain), which is no source of secrets. */
export const seededChoices = (seed: number): Choices => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    whole,
    shuffled: (things) => {
      const deck = [...things];
      for (let last = deck.length - 1; last > 0; last--) {
        const at = whole(0, last);
        [deck[last], deck[at]] = [deck[at] as never, deck[last] as never];
      }
      return deck;
    },
  };
};
