/** Dashboards, and the form in which Grafana reads them. */
import { platformName } from '../names.ts';

export type Query = {
  /** PromQL; `$__rate_interval` is a window that holds a few scrapes. */
  readonly expression: string;
  /** Name of a line, with labels in double braces. */
  readonly legend: string;
};

export type Panel = {
  readonly title: string;
  /** One sentence for whoever looks at it at night. */
  readonly description: string;
  /** Unit as Grafana names it. */
  readonly unit: 'reqps' | 'ops' | 's' | 'percentunit' | 'short' | 'bytes' | 'currencyUSD';
  /** The value of now in place of a line over time. Default false. */
  readonly isNumber?: boolean;
  readonly queries: readonly Query[];
};

/** Panels under one heading. */
export type Row = { readonly title: string; readonly panels: readonly Panel[] };

export type Dashboard = {
  /** File without its ending; what Grafana knows it by follows from it, so that links outlive a change of its title. */
  readonly name: string;
  readonly title: string;
  /** One sentence: the question that it answers. */
  readonly description: string;
  readonly rows: readonly Row[];
};

/** All panels of a dashboard. */
export const panelsOf = ({ rows }: Dashboard): Panel[] => rows.flatMap(({ panels }) => panels);

const COLUMNS = 24;
const HEIGHT = 8;
const NUMBER_HEIGHT = 4;
/** Whoever imports the file chooses which Prometheus it asks; the first one is chosen already. */
const datasource = { type: 'prometheus', uid: '$datasource' };

const heightOf = ({ isNumber = false }: Panel) => (isNumber ? NUMBER_HEIGHT : HEIGHT);

const drawn = ({ title, description, unit, isNumber = false, queries }: Panel) => ({
  type: isNumber ? 'stat' : 'timeseries',
  title,
  description,
  datasource,
  fieldConfig: {
    defaults: isNumber ? { unit } : { unit, min: 0, custom: { fillOpacity: 10, showPoints: 'never' } },
    overrides: [],
  },
  options: isNumber
    ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'none' }
    : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  targets: queries.map(({ expression, legend }, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource,
    expr: expression,
    legendFormat: legend,
    ...(isNumber && { instant: true }),
  })),
});

/** Three panels beside each other, or six numbers. */
const linesOf = (panels: readonly Panel[]): Panel[][] => {
  const lines: Panel[][] = [];
  for (const panel of panels) {
    const last = lines.at(-1);
    const most = panel.isNumber ? 6 : 3;
    if (last === undefined || last.length === most || heightOf(last[0] as Panel) !== heightOf(panel))
      lines.push([panel]);
    else last.push(panel);
  }
  return lines;
};

const placed = (rows: readonly Row[]) => {
  let y = 0;
  let id = 0;
  const next = () => (id += 1);
  return rows.flatMap(({ title, panels }) => {
    const heading = {
      id: next(),
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    };
    y += 1;
    const below = linesOf(panels).flatMap((line) => {
      const [w, h, top] = [Math.floor(COLUMNS / line.length), heightOf(line[0] as Panel), y];
      y += h;
      return line.map((panel, at) => ({ id: next(), gridPos: { x: at * w, y: top, w, h }, ...drawn(panel) }));
    });
    return [heading, ...below];
  });
};

/** The dashboard as Grafana reads it. */
export const grafanaDashboard = ({ name, title, description, rows }: Dashboard) => ({
  uid: `${platformName}-${name}`,
  title,
  description,
  tags: [platformName],
  timezone: 'utc',
  schemaVersion: 41,
  editable: false,
  refresh: '30s',
  time: { from: 'now-1h', to: 'now' },
  links: [{ type: 'dashboards', title: 'Dashboards', tags: [platformName], asDropdown: true, keepTime: true }],
  templating: {
    list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', current: {} }],
  },
  panels: placed(rows),
});
