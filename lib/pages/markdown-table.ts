/** A table of Markdown; each cell is Markdown itself. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Names as code with commas between them; `-` for none. */
export const codes = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || '-';
