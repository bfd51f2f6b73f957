/** Values that stand in documentation and templates and were never meant to run; matched against the whole value. */
const wholeValues =
  /^(change[-_ ]?(me|it|this)|todo|tbd|fixme|none|null|undefined|x{3,}|\*{3,}|\.{3,}|(to-)?be-replaced|replace[-_ ]?(me|this|with[-_ ].*)|placeholder|dummy|example|insert[-_ ].*|your[-_ ].*|(api|secret)[-_ ]?key|secret|password|my[-_]?(secret|password|api[-_]?key))$/i;

/** Parts that give a placeholder away wherever they stand: `<your-...>`, template holes, the example keys of providers. */
const tellingParts =
  /<[^<>]*(your|insert|replace|change|todo|placeholder|enter)[^<>]*>|^<[^<>]+>$|\$\{[^}]*\}|\{\{[^}]*\}\}|change[-_]?me|your[-_](api|secret|openai|aws|stripe|access|account|password|token|key|domain)|AKIAIOSFODNN7EXAMPLE|EXAMPLEKEY|sk-(test-)?x{3,}|sk_(test|live)_x{3,}|x{8,}|\*{6,}/i;

/** Whether a configuration value is a placeholder that somebody forgot to replace. */
export const isPlaceholder = (value: string): boolean => wholeValues.test(value.trim()) || tellingParts.test(value);
