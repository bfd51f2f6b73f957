import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Product } from '../../contracts/http/catalogue/product-api.ts';
import { Field } from '../../site-kit/components/field.tsx';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { textOf } from '../../site-kit/components/site-form.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { shop } from '../api/shop.ts';
import { productQuery, stockHistoryQuery } from '../api/stock-queries.ts';
import { Act } from '../components/act.tsx';
import { Empty } from '../components/empty.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { ProductPictures } from '../components/product-pictures.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { StockState } from '../components/stock-state.tsx';
import { Table } from '../components/table.tsx';

const route = getRouteApi('/stock/$id');
const units = /^[+-]?[1-9]\d{0,5}$/;

const ChangeStock = ({ product: { id, stock } }: { readonly product: Product }) => {
  const queries = useQueryClient();
  const { number } = useFormats();
  return (
    <Act
      name="Change stock"
      effects={[
        `${number(stock)} units are free now; so many are added, or taken away with a minus.`,
        'Units that orders have reserved stay reserved: no more than the free ones can be taken away.',
        'The change is kept with its reason and your name.',
      ]}
      act={async (form) =>
        (await shop()).products.adjustStock({
          params: { id },
          body: { change: Number(textOf(form, 'change')), reason: textOf(form, 'reason') ?? '' },
        })
      }
      onDone={async (product) => {
        queries.setQueryData(productQuery(id).queryKey, product);
        await queries.invalidateQueries({ queryKey: stockHistoryQuery(id).queryKey });
        await queries.invalidateQueries({ queryKey: ['products', 'pages'] });
      }}
    >
      <Field
        label="Units, such as 12 or -3"
        name="change"
        autoComplete="off"
        maxLength={7}
        isRequired
        validate={(text) => (text === '' || units.test(text.trim()) ? undefined : 'Write a whole number other than 0.')}
      />
      <Field label="Reason" name="reason" autoComplete="off" maxLength={200} isRequired />
    </Act>
  );
};

const kinds = { initial: 'at the beginning', inbound: 'came in', outbound: 'went out' } as const;

const History = ({ id }: { readonly id: string }) => {
  const { date, number } = useFormats();
  const query = useInfiniteQuery(stockHistoryQuery(id));
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0)
          return <Empty title="Nobody changed it yet" text="What orders reserve and buy is not listed here." />;
        return (
          <>
            <Table
              label="Changes by hand"
              columns={['Change', { name: 'Units', isNumber: true }, 'Reason', 'By', 'At']}
            >
              {items.map(({ kind, change, reason, by, at }) => (
                <tr key={`${at}${change}${reason}`}>
                  <th scope="row">{kinds[kind]}</th>
                  <td className="number">{change > 0 ? `+${number(change)}` : number(change)}</td>
                  <td dir="auto">{reason}</td>
                  <td className="id">{by ?? 'not kept'}</td>
                  <td>
                    <time dateTime={at}>{date(at)}</time>
                  </td>
                </tr>
              ))}
            </Table>
            <MoreRows query={query} shown={items.length} />
          </>
        );
      }}
    </Await>
  );
};

/** One product: its stock, its pictures, and who changed the stock by hand. */
export const ProductPage = () => {
  const { id } = route.useParams();
  const { money } = useFormats();
  const query = useQuery(productQuery(id));
  return (
    <Await
      query={query}
      skeleton={<span className="skeleton block" />}
      missing={
        <Panel title="There is no such product" text={`${id} is not a product of this shop, or was taken out of it.`}>
          <Link to="/stock" className="button">
            To the stock
          </Link>
        </Panel>
      }
    >
      {(product) => (
        <>
          <PageTitle text={product.title} />
          <header className="page-head">
            <div>
              <p className="id fine">{product.id}</p>
              <h1 dir="auto">{product.title}</h1>
              <p aria-live="polite">
                <StockState stock={product.stock} /> <span className="fine">free, at {money(product.price)}</span>
              </p>
            </div>
            <ChangeStock product={product} />
          </header>
          <ProductPictures product={product} />
          <section>
            <h2>Changes by hand</h2>
            <History id={id} />
          </section>
        </>
      )}
    </Await>
  );
};
