import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Topology } from '../../../contracts/http/operations/topology-api.ts';
import { layOutMap, type MapNode } from './map-layout.ts';

const partClass = (isChosen: boolean, isNear: boolean, hasChoice: boolean) => {
  if (isChosen) return 'chosen';
  return hasChoice && !isNear ? 'far' : '';
};

const Shape = ({ node: { x, y, width, height, name, status } }: { readonly node: MapNode }) => (
  <>
    <rect
      x={x - width / 2}
      y={y - height / 2}
      width={width}
      height={height}
      rx={status === undefined ? height / 2 : 9}
    />
    {status !== undefined && <circle cx={x - width / 2 + 17} cy={y} r={5.5} className={`dot ${status}`} />}
    <text x={status === undefined ? x : x + 9} y={y + 4.5} textAnchor="middle">
      {name}
    </text>
  </>
);

export type ServiceMapProps = {
  readonly topology: Topology;
  /** Id of the part whose lines stand out, such as `service/cart`; undefined: all are alike. */
  readonly chosen: string | undefined;
};

/** The shop as a picture: services with their health, topics, and what flows between them. */
export const ServiceMap = ({ topology, chosen }: ServiceMapProps) => {
  const navigate = useNavigate();
  const { width, height, nodes, lines } = useMemo(() => layOutMap(topology), [topology]);
  const isNear = (id: string) =>
    lines.some(({ from, to }) => (from === chosen && to === id) || (to === chosen && from === id));
  const known = nodes.some(({ id }) => id === chosen) ? chosen : undefined;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the window is moved by the keyboard, too
    <section className="map" tabIndex={0} aria-label="Picture of the shop">
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
        <title>Services and topics</title>
        <defs>
          <marker
            id="tip"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {lines.map(({ id, from, to, relation, path }) => (
          <path
            key={id}
            d={path}
            className={`line ${relation} ${partClass(from === known || to === known, false, known !== undefined)}`}
            markerEnd="url(#tip)"
          />
        ))}
        {nodes.map((node) => {
          const part = node.id === known ? '' : node.id;
          return (
            <a
              key={node.id}
              href={part === '' ? '/map' : `/map?part=${encodeURIComponent(part)}`}
              aria-label={node.status === undefined ? `topic ${node.name}` : `${node.name}, ${node.status}`}
              aria-current={node.id === known || undefined}
              className={`node ${node.status ?? 'topic'} ${partClass(node.id === known, isNear(node.id), known !== undefined)}`}
              onClick={(event) => {
                event.preventDefault();
                void navigate({ to: '/map', search: part === '' ? {} : { part }, resetScroll: false });
              }}
            >
              <Shape node={node} />
            </a>
          );
        })}
      </svg>
    </section>
  );
};
