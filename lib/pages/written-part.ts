/** Parts of a page that are written from the code, between two comments; the rest belongs to people. */
export type WrittenPart = {
  /** Path of the page, for the message. */
  readonly file: string;
  readonly part: string;
  /** What writes the part. */
  readonly command: string;
};

/** The page with a part replaced. Throws one sentence when its comments are gone. */
export const withPart = (text: string, { file, part, command }: WrittenPart, content: string): string => {
  const [begin, end] = [`<!-- ${part}: written by "${command}" -->`, `<!-- end of ${part} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from)
    throw new Error(`${file} has lost the lines "${begin}" and "${end}"; put them back around the ${part}`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
};
