/** Words that a buyer chose, as a mail may show them: whoever gets it may be a stranger to him. Pure. */

/** Letters, marks, digits and the signs of names. What is longer is a message, not a name. */
const name = /^[\p{L}\p{M}][\p{L}\p{M}\p{Nd}' ’.,-]{0,59}$/u;
/** A word with an address of the web or of a mailbox in it. */
const address = /\S*(?::\/\/|www\.|@)\S*/giu;
/** Full stops inside a word, also those of other scripts: mail programs make links of `evil.example`. */
const dotInWord = /(?<=[\p{L}\p{N}])[.。．｡](?=\p{L})/gu;
const longest = 120;

/** A line without anything that a mail program would make a link of; empty if nothing else was in it. */
export const plainLine = (text: string): string =>
  text.replaceAll(address, '').replaceAll(dotInWord, '. ').replaceAll(/\s+/gu, ' ').trim().slice(0, longest);

/** The name by which the mail greets; null for what is no name, and for one with an address of the web in it. */
export const greetedName = (text: string | null): string | null => {
  if (text === null || text.search(address) !== -1) return null;
  const line = plainLine(text);
  return name.test(line) ? line : null;
};
