/** Pages are chunks that import the entry of their site: while one of its modules awaits at its top, they wait too, and take no input. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const entries = /^services\/[^/]+\/main\.tsx$/;

const parse = (folder: string, path: string) =>
  ts.createSourceFile(path, readFileSync(join(folder, path), 'utf8'), ts.ScriptTarget.Latest, true);

/** Files that a module loads before it runs: types are gone by then, and `import()` is what does not wait. */
const staticImports = (module: ts.SourceFile): string[] =>
  module.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const isType = ts.isImportDeclaration(statement)
      ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : statement.isTypeOnly;
    const from = statement.moduleSpecifier;
    if (isType || !from || !ts.isStringLiteral(from) || !/^\.\.?\/.*\.tsx?$/.test(from.text)) return [];
    return [join(module.fileName, '..', from.text)];
  });

const isWait = (node: ts.Node) =>
  ts.isAwaitExpression(node) ||
  (ts.isForOfStatement(node) && node.awaitModifier !== undefined) ||
  (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing);

/** What the module itself waits for; what its functions wait for holds up nobody who imports it. */
const topLevelWaits = (node: ts.Node): ts.Node[] => {
  if (ts.isFunctionLike(node)) return [];
  const inside: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    inside.push(...topLevelWaits(child));
  });
  return isWait(node) ? [node, ...inside] : inside;
};

/** `file:line` of each `await` at the top of an entry of a site (`services/<name>/main.tsx`), or of a file that it imports statically; packages are not read. */
export const waitingEntries = (folder: string, files: readonly string[]): string[] => {
  const known = new Set(files.filter((path) => entries.test(path)));
  const found: string[] = [];
  for (const path of known) {
    const module = parse(folder, path);
    for (const imported of staticImports(module)) known.add(imported);
    for (const wait of topLevelWaits(module)) {
      const { line } = module.getLineAndCharacterOfPosition(wait.getStart());
      found.push(`${path}:${line + 1}: ${wait.getText().split('\n')[0]}`);
    }
  }
  return found;
};
