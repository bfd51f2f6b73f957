/** Where the parts of the shop stand in its picture, and how the lines between them run. */
import { type EdgeLabel, Graph, type GraphLabel, layout, type NodeLabel } from '@dagrejs/dagre';
import type { Topology } from '../../../contracts/http/operations/topology-api.ts';

export type MapNode = {
  /** `service/cart` or `topic/order`. */
  readonly id: string;
  readonly name: string;
  /** How a service is; undefined for a topic, which nobody asks. */
  readonly status?: Topology['services'][number]['status'];
  /** Middle, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

export type MapLine = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly relation: 'calls' | 'publishes' | 'consumes' | 'follows';
  /** Of SVG. */
  readonly path: string;
};

export type ServiceMap = {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly MapNode[];
  readonly lines: readonly MapLine[];
};

type Point = { readonly x: number; readonly y: number };

const letterWidth = 8.2;
const height = { service: 40, topic: 30 };
const widthOf = (name: string, isService: boolean) => Math.round(name.length * letterWidth + (isService ? 46 : 30));

const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const at = ({ x, y }: Point) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** A line through the middles of its parts, bent at its points. */
const pathThrough = (points: readonly Point[]): string => {
  const [first, ...rest] = points;
  if (!first) return '';
  const bends = rest
    .slice(0, -1)
    .map((point, index) => `Q${at(point)} ${at(between(point, rest[index + 1] ?? point))}`);
  return `M${at(first)} ${bends.join(' ')} L${at(rest.at(-1) ?? first)}`;
};

/** Lines as things flow: who calls to whom, events from whom they tell of to whom they reach, by their topic or table. */
const flows = ({ edges }: Topology): readonly Omit<MapLine, 'path'>[] => {
  const ownerOf = new Map(
    edges.flatMap(({ service, relation, kind, name }) =>
      relation === 'owns' && kind === 'table' ? [[name, service] as const] : [],
    ),
  );
  return edges.flatMap<Omit<MapLine, 'path'>>(({ service, relation, name }) => {
    const self = `service/${service}`;
    const line = (from: string, to: string) => ({ id: `${from}>${to}>${relation}`, from, to });
    if (relation === 'calls') return [{ ...line(self, `service/${name}`), relation }];
    if (relation === 'publishes') return [{ ...line(self, `topic/${name}`), relation }];
    if (relation === 'consumes') return [{ ...line(`topic/${name}`, self), relation }];
    const owner = ownerOf.get(name);
    return relation === 'follows' && owner !== undefined ? [{ ...line(`service/${owner}`, self), relation }] : [];
  });
};

/** The picture of a shop: layers from top to bottom, so that lines cross as little as may be. */
export const layOutMap = (topology: Topology): ServiceMap => {
  const graph = new Graph<GraphLabel, NodeLabel, EdgeLabel>({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: 46, edgesep: 12, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const statuses = new Map(topology.services.map(({ name, status }) => [`service/${name}`, status]));
  const lines = flows(topology);
  for (const id of new Set([...statuses.keys(), ...lines.flatMap(({ from, to }) => [from, to])])) {
    const [kind, name = ''] = id.split('/');
    const isService = kind === 'service';
    graph.setNode(id, { width: widthOf(name, isService), height: isService ? height.service : height.topic });
  }
  for (const { id, from, to } of lines) graph.setEdge(from, to, {}, id);
  layout(graph);
  const size = graph.graph();
  return {
    width: Math.ceil(size.width ?? 0),
    height: Math.ceil(size.height ?? 0),
    nodes: graph.nodes().map((id: string) => {
      const { x = 0, y = 0, width = 0, height: tall = 0 } = graph.node(id);
      return { id, name: id.slice(id.indexOf('/') + 1), status: statuses.get(id), x, y, width, height: tall };
    }),
    lines: lines.map((line) => {
      const { points = [] } = graph.edge({ v: line.from, w: line.to, name: line.id });
      return { ...line, path: pathThrough(points) };
    }),
  };
};
