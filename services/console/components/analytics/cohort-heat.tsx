import type { CSSProperties } from 'react';
import type { ViewAnswer } from '../../../contracts/http/operations/analytics-api.ts';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';

/** Months of first orders that are shown, the newest. */
const mostCohorts = 12;
const mostMonths = 12;

/** Of those whose first order was in a month, the share that bought in each month after it; the more, the deeper the colour. */
export const CohortHeat = ({ answer: { title, rows } }: { readonly answer: ViewAnswer }) => {
  const { number, share } = useFormats();
  const customers = new Map(
    rows.map((row) => [`${row['cohort']}/${row['months_later']}`, Number(row['customers'] ?? 0)]),
  );
  const cohorts = [...new Set(rows.map((row) => String(row['cohort'])))].slice(-mostCohorts);
  const latest = Math.max(0, ...rows.map((row) => Number(row['months_later'] ?? 0)));
  const months = Array.from({ length: Math.min(latest, mostMonths) }, (_, at) => at + 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than its place is moved by the keyboard, too
    <section className="heat" aria-label={title} tabIndex={0}>
      <table className="rows narrow" aria-label={title}>
        <thead>
          <tr>
            <th scope="col">First order</th>
            <th scope="col" className="number">
              Customers
            </th>
            {months.map((month) => (
              <th key={month} scope="col" className="number">
                +{month}
                <span className="visually-hidden"> months</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map((cohort) => {
            const all = customers.get(`${cohort}/0`) ?? 0;
            return (
              <tr key={cohort}>
                <th scope="row">{cohort}</th>
                <td className="number">{number(all)}</td>
                {months.map((month) => {
                  const again = customers.get(`${cohort}/${month}`);
                  const part = again === undefined || all === 0 ? undefined : again / all;
                  return (
                    <td key={month} className="number" style={{ '--heat': part ?? 0 } as CSSProperties}>
                      {part !== undefined && share(part)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      {months.length === 0 && <p className="fine">Nobody has had the time to buy in a later month yet.</p>}
    </section>
  );
};
