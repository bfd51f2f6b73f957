import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { stockPagesQuery } from '../api/stock-queries.ts';
import { Empty } from '../components/empty.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { SearchForm } from '../components/search-form.tsx';
import { StockState } from '../components/stock-state.tsx';
import { Table } from '../components/table.tsx';

const route = getRouteApi('/stock');

/** Products and how many units of each can be bought now. */
export const StockPage = () => {
  const search = route.useSearch();
  const navigate = useNavigate();
  const { money } = useFormats();
  const query = useInfiniteQuery(stockPagesQuery(search));
  return (
    <>
      <PageTitle text="Stock" />
      <header className="page-head">
        <h1>Stock</h1>
        <SearchForm
          label="Title"
          maxLength={100}
          defaultValue={search.q}
          onSearch={(q) => void navigate({ to: '/stock', search: q === '' ? {} : { q } })}
        />
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return (
              <Empty title="No product matches" text="Try fewer words, or another spelling.">
                <Link to="/stock" search={{}} className="button quiet">
                  Show every product
                </Link>
              </Empty>
            );
          return (
            <>
              <Table
                label="Products"
                columns={[
                  'Product',
                  'Category',
                  { name: 'Price', isNumber: true },
                  { name: 'Free units', isNumber: true },
                ]}
              >
                {items.map(({ id, title, category, price, stock }) => (
                  <tr key={id}>
                    <th scope="row">
                      <Link to="/stock/$id" params={{ id }} dir="auto">
                        {title}
                      </Link>
                    </th>
                    <td>{category}</td>
                    <td className="number">{money(price)}</td>
                    <td className="number">
                      <StockState stock={stock} />
                    </td>
                  </tr>
                ))}
              </Table>
              <MoreRows query={query} shown={items.length} />
            </>
          );
        }}
      </Await>
    </>
  );
};
