/** Which series a PromQL expression asks for. */

export type Selector = {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
};

const words = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);

/** Every metric that an expression names, with what it asks of labels. What does not parse at all is for promtool to find. */
export const selectorsIn = (expression: string): Selector[] => {
  const bare = expression.replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const found = bare.matchAll(/"(?:[^"\\]|\\.)*"|\[[^\]]*\]|(?<![\w.$])([a-zA-Z_][\w:]*)(\s*\(|\{[^}]*\})?/g);
  return [...found].flatMap(([, name, rest = '']) => {
    if (name === undefined || rest.trim() === '(' || words.has(name.toLowerCase())) return [];
    const matchers = [...rest.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)];
    return [
      {
        metric: name,
        matchers: matchers.map(([, label = '', operator = '', value = '']) => ({ label, operator, value })),
      },
    ];
  });
};
