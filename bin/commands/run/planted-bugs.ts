import type { PlantedBug } from '../../../lib/chaos/planted/planted-bug.ts';
import { isProved, type Proof, prove } from '../../../lib/chaos/prove.ts';
import { columns, paint, print } from '../../command-line/print.ts';
import { createProgressLine } from '../../command-line/progress-line.ts';

const verdictOf = (proof: Proof): string => {
  if (proof.falseAlarms.length > 0) return paint('bad', `false alarm ${proof.falseAlarms.join('')}`);
  return isProved(proof) ? paint('good', 'caught') : paint('bad', 'missed');
};

const rowOf = (proof: Proof) => [
  proof.name,
  proof.meantFor,
  proof.caughtBy.join('') || '-',
  `${proof.seconds} s`,
  verdictOf(proof),
];

/** Plants each of these bugs and prints who caught it; one that nobody caught is a finding. */
export const runPlantedBugs = async (
  bugs: readonly PlantedBug[],
  json: boolean | undefined,
  signal: AbortSignal,
): Promise<void> => {
  const line = createProgressLine();
  const proofs: Proof[] = [];
  try {
    for (const bug of bugs) {
      line.show(proofs.length / bugs.length, () => `${bug.name}: ${bug.sentence}`);
      proofs.push(await prove(bug, signal));
    }
  } finally {
    line.end();
  }
  const proved = proofs.filter(isProved).length;
  print(json, { proved, planted: proofs.length, proofs }, () => [
    ...columns([['planted bug', 'meant for', 'violated', 'after', 'verdict'], ...proofs.map(rowOf)]),
    ...proofs.flatMap(({ name, found }) => (found === '' ? [] : [paint('aside', `${name}: ${found}`)])),
    paint(proved === proofs.length ? 'good' : 'bad', `${proved} of ${proofs.length} caught`),
  ]);
  if (proved < proofs.length) process.exitCode = 1;
};
