import { useQuery } from '@tanstack/react-query';
import type { CacheAnalysis } from '../../contracts/http/operations/cache-api.ts';
import { useReader } from '../../site-kit/api/session.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { cacheQuery } from '../api/cache-query.ts';
import { useSizes } from '../components/databases/sizes.ts';
import { Empty } from '../components/empty.tsx';
import { DeleteKeys } from '../components/flow/delete-keys.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const Figures = ({ cache }: { readonly cache: CacheAnalysis }) => {
  const { number } = useFormats();
  const { bytes, percent } = useSizes();
  const { keys, hitPercent, evicted, expired, usedBytes, mostBytes, averageTtlSeconds, endlessKeys } = cache;
  const figures = [
    ['Keys', number(keys)],
    ['Reads that found something', hitPercent === null ? 'none read' : percent(hitPercent)],
    ['Memory', mostBytes === null ? bytes(usedBytes) : `${bytes(usedBytes)} of ${bytes(mostBytes)}`],
    ['Dropped for want of memory', number(evicted)],
    ['Ended in time', number(expired)],
    ['Live on average', averageTtlSeconds === null ? 'for ever' : `${number(Math.round(averageTtlSeconds))} s`],
    ['Never end', number(endlessKeys)],
  ] as const;
  return (
    <dl className="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};

const Prefixes = ({ cache: { prefixes } }: { readonly cache: CacheAnalysis }) => {
  const { number } = useFormats();
  const { bytes } = useSizes();
  return (
    <Table
      label="Kinds of keys"
      columns={['Kind', { name: 'Keys', isNumber: true }, { name: 'Each', isNumber: true }, 'Biggest of a sample']}
    >
      {prefixes.map(({ prefix, keys, averageBytes, biggest }) => (
        <tr key={prefix}>
          <th scope="row" className="id">
            {prefix}
          </th>
          <td className="number">{number(keys)}</td>
          <td className="number">{bytes(averageBytes)}</td>
          <td className="id">{biggest[0] && `${biggest[0].key} (${bytes(biggest[0].bytes)})`}</td>
        </tr>
      ))}
    </Table>
  );
};

const Ends = ({ cache: { ttlHistogram } }: { readonly cache: CacheAnalysis }) => {
  const { number } = useFormats();
  return (
    <Table label="When keys end" columns={['Within', { name: 'Keys', isNumber: true }]}>
      {ttlHistogram.map(({ upToSeconds, keys }) => (
        <tr key={upToSeconds}>
          <th scope="row">{upToSeconds === null ? 'later' : `${number(upToSeconds / 60)} min`}</th>
          <td className="number">{number(keys)}</td>
        </tr>
      ))}
    </Table>
  );
};

/** What the shared cache holds, and how well it serves. */
export const CachePage = () => {
  const reader = useReader();
  const { number } = useFormats();
  const query = useQuery(cacheQuery);
  const isShared = query.data?.lacking === null;
  return (
    <>
      <PageTitle text="Cache" />
      <header className="page-head">
        <div>
          <h1>Cache</h1>
          <p className="fine">What the services have read and keep for a while.</p>
        </div>
        {isShared && (
          <div className="acts">
            <button
              type="button"
              className="button quiet"
              aria-disabled={query.isFetching}
              onClick={() => void (query.isFetching || query.refetch())}
            >
              Look again
            </button>
            {reader?.roles.includes('admin') && <DeleteKeys />}
          </div>
        )}
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {(cache) =>
          cache.lacking !== null ? (
            <Empty title="No shared cache" text={cache.lacking} />
          ) : (
            <>
              {!cache.isWhole && (
                <p className="notice">Only {number(cache.scannedKeys)} keys could be looked at in time.</p>
              )}
              <Figures cache={cache} />
              <Prefixes cache={cache} />
              <Ends cache={cache} />
            </>
          )
        }
      </Await>
    </>
  );
};
