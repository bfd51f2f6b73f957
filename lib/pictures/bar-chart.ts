/** Bars as SVG, the same for what is measured and for what is sold. Pure. */
const WIDTH = 900;
const LABELS = 150;
const BAR = 26;
const GAP = 14;
const COLOURS = ['#0b6e99', '#d9730d', '#0f7b6c', '#ad1a72', '#6940a5', '#dfab01', '#e03e3e', '#64473a', '#9b9a97'];

/** Text as it may stand in a picture. */
export const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** One bar: named parts, each with its length in the unit of the chart. */
export type Stack = { readonly label: string; readonly parts: Readonly<Record<string, number>> };

const sum = (parts: Stack['parts']) => Object.values(parts).reduce((total, value) => total + value, 0);

/**
 * Bars of one unit, each a stack of named parts that has one colour in all of them.
 * @param shown a length as text; default the number
 */
export const chart = (
  title: string,
  unit: string,
  stacks: readonly Stack[],
  top: number,
  shown = (value: number): string => String(Math.round(value * 10) / 10),
): { svg: string; height: number } => {
  const names = [...new Set(stacks.flatMap(({ parts }) => Object.keys(parts)))];
  const widest = Math.max(1, ...stacks.map(({ parts }) => sum(parts)));
  const scale = (WIDTH - LABELS - 110) / widest;
  const colourOf = (name: string) => COLOURS[names.indexOf(name) % COLOURS.length];
  const bars = stacks.map(({ label, parts }, row) => {
    const y = top + 30 + row * (BAR + GAP);
    let x = LABELS;
    const rectangles = Object.entries(parts).map(([name, value]) => {
      const width = value * scale;
      const rectangle = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${colourOf(name)}"><title>${escaped(name)} ${shown(value)} ${unit}</title></rect>`;
      x += width;
      return rectangle;
    });
    return `<text x="0" y="${y + 18}">${escaped(label)}</text>${rectangles.join('')}<text x="${(x + 8).toFixed(1)}" y="${y + 18}">${shown(sum(parts))} ${unit}</text>`;
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

/** A picture around charts. */
export const frame = (title: string, charts: readonly string[], height: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#37352f">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="0" y="18">${escaped(title)}</text>
${charts.join('\n')}
</svg>
`;
