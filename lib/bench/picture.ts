/** A report as a picture: where the processor time and the transactions of a purchase go, load by load. Pure. */
import type { BenchReport } from './bench.ts';

const WIDTH = 900;
const LABELS = 150;
const BAR = 26;
const GAP = 14;
const COLOURS = ['#0b6e99', '#d9730d', '#0f7b6c', '#ad1a72', '#6940a5', '#dfab01', '#e03e3e', '#64473a', '#9b9a97'];

const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

type Stack = { readonly label: string; readonly parts: Readonly<Record<string, number>> };

const sum = (parts: Stack['parts']) => Object.values(parts).reduce((total, value) => total + value, 0);

/** Bars of one unit, each a stack of named parts that has one colour in all of them. */
const chart = (title: string, unit: string, stacks: readonly Stack[], top: number): { svg: string; height: number } => {
  const names = [...new Set(stacks.flatMap(({ parts }) => Object.keys(parts)))];
  const widest = Math.max(1, ...stacks.map(({ parts }) => sum(parts)));
  const scale = (WIDTH - LABELS - 110) / widest;
  const colourOf = (name: string) => COLOURS[names.indexOf(name) % COLOURS.length];
  const bars = stacks.map(({ label, parts }, row) => {
    const y = top + 30 + row * (BAR + GAP);
    let x = LABELS;
    const rectangles = Object.entries(parts).map(([name, value]) => {
      const width = value * scale;
      const rectangle = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${colourOf(name)}"><title>${escaped(name)} ${value} ${unit}</title></rect>`;
      x += width;
      return rectangle;
    });
    const total = Math.round(sum(parts) * 10) / 10;
    return `<text x="0" y="${y + 18}">${escaped(label)}</text>${rectangles.join('')}<text x="${(x + 8).toFixed(1)}" y="${y + 18}">${total} ${unit}</text>`;
  });
  const legendY = top + 30 + stacks.length * (BAR + GAP) + 8;
  const legend = names.map(
    (name, at) =>
      `<rect x="${LABELS + (at % 5) * 148}" y="${legendY + Math.floor(at / 5) * 22}" width="12" height="12" fill="${colourOf(name)}"/><text x="${LABELS + 18 + (at % 5) * 148}" y="${legendY + 11 + Math.floor(at / 5) * 22}">${escaped(name)}</text>`,
  );
  const height = legendY - top + Math.ceil(names.length / 5) * 22 + 30;
  return {
    svg: `<text x="0" y="${top + 14}" font-weight="600">${escaped(title)}</text>${bars.join('')}${legend.join('')}`,
    height,
  };
};

/** SVG with one bar a load for processor time, and one for transactions. */
export const pictureOf = ({ loads, machine, at }: BenchReport): string => {
  const labelOf = (buyers: number, perSecond: number) =>
    `${buyers} ${buyers === 1 ? 'buyer' : 'buyers'}, ${perSecond}/s`;
  const stacksOf = (partsOf: (load: BenchReport['loads'][number]) => Stack['parts']): Stack[] =>
    loads.map((load) => ({ label: labelOf(load.buyers, load.purchasesPerSecond), parts: partsOf(load) }));
  const time = chart(
    'Processor time of a purchase',
    'ms',
    stacksOf(({ cost }) => cost.processorMsByProcess ?? {}),
    40,
  );
  const transactions = chart(
    'Transactions of a purchase',
    '',
    stacksOf(({ cost }) => cost.transactionsByDatabase),
    40 + time.height,
  );
  const height = 40 + time.height + transactions.height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#37352f">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="0" y="18">${escaped(`${at.slice(0, 10)}, ${machine.processors} x ${machine.model}`)}</text>
${time.svg}
${transactions.svg}
</svg>
`;
};
