import { root } from '../../../../lib/checkout.ts';
import { forgetNpxLink } from '../../../../lib/scaffold/npx-link.ts';
import { refreshes, runTool } from '../../../../lib/scaffold/refresh.ts';
import { renameProduct } from '../../../../lib/scaffold/rename-product.ts';
import { print, say } from '../../../command-line/print.ts';

export const runRename = async (name: string, json = false): Promise<void> => {
  const renamed = await renameProduct(root, name);
  for (const { title, command } of refreshes(['.'])) {
    say(title);
    // The program bears the new name by now.
    await runTool(root, command[0] === renamed.from ? [renamed.to, ...command.slice(1)] : command);
  }
  await forgetNpxLink(root);
  print(json, renamed, () => [
    `${renamed.files} files say "${renamed.to}" where they said "${renamed.from}"; the licence keeps its name.`,
    `Next: npm test, then "git diff"; "git checkout . && git clean -fd bin services" undoes it. Data of a shop on this machine stay in .${renamed.from}/.`,
  ]);
};
