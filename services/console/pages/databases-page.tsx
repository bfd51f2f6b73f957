import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { type Look, looks } from '../api/database-queries.ts';
import { topologyQuery } from '../api/operations-queries.ts';
import { Locks, Pool } from '../components/databases/session-looks.tsx';
import { Replicas, Slow } from '../components/databases/statement-looks.tsx';
import { Bloat, Indexes } from '../components/databases/table-looks.tsx';
import { Empty } from '../components/empty.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';

const route = getRouteApi('/databases');

const shown: Readonly<Record<Look, (props: { readonly name: string }) => ReactNode>> = {
  slow: Slow,
  locks: Locks,
  pool: Pool,
  indexes: Indexes,
  bloat: Bloat,
  replication: Replicas,
};

const Looks = ({
  names,
  name,
  look,
}: {
  readonly names: readonly string[];
  readonly name: string;
  readonly look: Look;
}) => {
  const Shown = shown[look];
  return (
    <>
      <nav className="tabs" aria-label="Databases">
        {names.map((one) => (
          <Link key={one} to="/databases" search={{ name: one, look }} aria-current={one === name ? 'page' : undefined}>
            {one}
          </Link>
        ))}
      </nav>
      <nav className="tabs" aria-label={`Looks at ${name}`}>
        {(Object.entries(looks) as [Look, string][]).map(([one, title]) => (
          <Link key={one} to="/databases" search={{ name, look: one }} aria-current={one === look ? 'page' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <section className="look" aria-label={`${looks[look]} of ${name}`}>
        <Shown key={name} name={name} />
      </section>
    </>
  );
};

/** What the databases of the shop are busy with, and what they lack. */
export const DatabasesPage = () => {
  const { name, look = 'slow' } = route.useSearch();
  const query = useQuery(topologyQuery);
  return (
    <>
      <PageTitle text="Databases" />
      <header className="page-head">
        <div>
          <h1>Databases</h1>
          <p className="fine">What they are busy with and what they lack, by looks that hold nobody up.</p>
        </div>
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ edges }) => {
          const names = edges
            .filter(({ relation, kind }) => relation === 'observes' && kind === 'database')
            .map((edge) => edge.name);
          const [first] = names;
          if (first === undefined) return <Empty title="No database" text="The operations service may look at none." />;
          if (name !== undefined && !names.includes(name))
            return (
              <Panel title="There is no such database" text={`${name} is not among ${names.join(', ')}.`}>
                <Link to="/databases" className="button">
                  To the databases
                </Link>
              </Panel>
            );
          return <Looks names={names} name={name ?? first} look={look} />;
        }}
      </Await>
    </>
  );
};
