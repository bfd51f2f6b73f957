/** What a model wrote, made harmless: text that no page takes for markup, and none of what it was told in confidence. */

const replaced: ReadonlyMap<string, string> = new Map([
  ['<', '‹'],
  ['>', '›'],
  ['[', '('],
  [']', ')'],
  ['`', "'"],
]);

/** No tag, no link, no picture: each character that begins one is replaced, so that it holds for any part of a text. */
export const withoutMarkup = (text: string): string =>
  text
    .replaceAll(/[<>[\]`]/g, (character) => replaced.get(character) ?? '')
    .replaceAll(/\p{Bidi_Control}|(?![\n\t])\p{Cc}/gu, '');

const folded = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Characters of a sentence below which it may stand in instructions by chance. */
const shortestSecret = 24;

/**
 * Passes on what a model writes sentence by sentence, without those that repeat its instructions. `instructions` are few sentences;
 * what they forbid is also impossible, so this only keeps them from being shown.
 */
export const createPlainWriter = (instructions: string) => {
  const told = folded(instructions);
  let kept = '';
  const release = (sentence: string) => {
    const text = folded(sentence);
    return text.length >= shortestSecret && told.includes(text) ? '' : withoutMarkup(sentence);
  };
  return {
    /** What can be shown by now. */
    write: (text: string): string => {
      const parts = `${kept}${text}`.split(/(?<=[.!?:;]\s|\n)/u);
      kept = parts.pop() ?? '';
      return parts.map(release).join('');
    },
    /** What is left. */
    end: (): string => {
      const rest = release(kept);
      kept = '';
      return rest;
    },
  };
};
