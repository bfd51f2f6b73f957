import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Edge, HealthStatus, ServiceHealth, Topology } from '../../contracts/http/operations/topology-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { healthQuery, topologyQuery } from '../api/operations-queries.ts';
import { ServiceMap } from '../components/map/service-map.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const route = getRouteApi('/map');

const tones: Readonly<Record<HealthStatus, string>> = {
  healthy: 'good',
  degraded: 'warn',
  unhealthy: 'bad',
  unknown: '',
};

/** What keeps a service from being well, in its own words. */
const reasonOf = ({ checks, note }: ServiceHealth): string => {
  const down = Object.entries(checks).flatMap(([name, { status, error }]) =>
    status === 'down' ? [`${name}: ${error ?? 'down'}`] : [],
  );
  return [...down, ...(note === null ? [] : [note])].join('; ');
};

const HealthRows = () => {
  const { number } = useFormats();
  const query = useQuery(healthQuery);
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {({ services }) => (
        <Table
          label="Health"
          columns={[
            'Service',
            'Health',
            'Why',
            { name: 'Up', isNumber: true },
            { name: 'Memory', isNumber: true },
            { name: 'Answered', isNumber: true },
          ]}
        >
          {services.map((service) => (
            <tr key={service.name}>
              <th scope="row">{service.name}</th>
              <td>
                <span className={`state ${tones[service.status]}`}>{service.status}</span>
              </td>
              <td className="fine">{reasonOf(service)}</td>
              <td className="number">
                {service.uptimeSeconds !== null && `${number(Math.round(service.uptimeSeconds / 60))} min`}
              </td>
              <td className="number">{service.memoryMiB !== null && `${number(Math.round(service.memoryMiB))} MiB`}</td>
              <td className="number">
                {service.answeredInMs !== null && `${number(Math.round(service.answeredInMs))} ms`}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Await>
  );
};

/** The lines of the picture that touch a part, in words. */
const edgesOf = ({ edges }: Topology, part: string): readonly Edge[] => {
  const [kind, name] = part.split('/');
  return edges.filter(
    (edge) => (kind === 'service' && edge.service === name) || (edge.kind === kind && edge.name === name),
  );
};

const Chosen = ({ topology, part }: { readonly topology: Topology; readonly part: string }) => {
  const edges = edgesOf(topology, part);
  const name = part.slice(part.indexOf('/') + 1);
  const service = part.startsWith('service/') ? topology.services.find((one) => one.name === name) : undefined;
  if (edges.length === 0 && service === undefined) return null;
  return (
    <section className="card-panel" aria-label={`About ${name}`}>
      <h2>{name}</h2>
      {service && (
        <p className="fine">
          {service.kind}, runs as {service.runs}
          {service.replicas !== null && `, ${service.replicas} at the moment`}
        </p>
      )}
      <ul className="links">
        {edges.map((edge) => (
          <li key={`${edge.service}${edge.relation}${edge.kind}${edge.name}`}>
            {edge.service} {edge.relation} {edge.kind === 'service' ? '' : `${edge.kind} `}
            {edge.name}
          </li>
        ))}
      </ul>
    </section>
  );
};

const Key = () => (
  <p className="map-key fine">
    <span className="calls">calls</span> <span className="events">events and changes</span>{' '}
    <span className="state good">healthy</span> <span className="state warn">degraded</span>{' '}
    <span className="state bad">unhealthy</span> <span className="state">not asked</span>
  </p>
);

/** What the shop is made of, and how it is. */
export const MapPage = () => {
  const { part } = route.useSearch();
  const query = useQuery(topologyQuery);
  return (
    <>
      <PageTitle text="Map" />
      <header className="page-head">
        <div>
          <h1>Map</h1>
          <p className="fine">What the shop is made of, from the manifests of its services, and how each is now.</p>
        </div>
        <Key />
      </header>
      <Await query={query} skeleton={<span className="skeleton block" />}>
        {(topology) => (
          <>
            <ServiceMap topology={topology} chosen={part} />
            {part !== undefined && <Chosen topology={topology} part={part} />}
          </>
        )}
      </Await>
      <section>
        <h2>Health</h2>
        <HealthRows />
      </section>
    </>
  );
};
