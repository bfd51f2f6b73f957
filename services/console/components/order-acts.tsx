import { useQueryClient } from '@tanstack/react-query';
import type { Order } from '../../contracts/http/order-api.ts';
import { Field } from '../../site-kit/components/field.tsx';
import { textOf } from '../../site-kit/components/site-form.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { orderQuery } from '../api/order-queries.ts';
import { shop } from '../api/shop.ts';
import { amountOf } from '../messages/amount.ts';
import { Act } from './act.tsx';

const inCharge = ['paid', 'processing', 'shipped', 'delivered'];

/** Which acts an order may be open to; the shop decides anew when it is asked, and says why not. */
export const openActs = ({ status, payment: { captured, refunded } }: Order) => ({
  ship: status === 'paid' || status === 'processing',
  deliver: status === 'shipped',
  refund: inCharge.includes(status) && captured.amount > refunded.amount,
  cancel: ['pending', 'stock-reserved', 'paid', 'processing'].includes(status),
});

/** What staff do with an order; each asks first. */
export const OrderActs = ({ order }: { readonly order: Order }) => {
  const { money } = useFormats();
  const queries = useQueryClient();
  const params = { id: order.id };
  const open = openActs(order);
  const { captured, refunded } = order.payment;
  const left = { amount: captured.amount - refunded.amount, currency: captured.currency };
  const hasLeft = order.status === 'shipped' || order.status === 'delivered';
  const onDone = async ({ order: changed }: { readonly order: Order }) => {
    queries.setQueryData(orderQuery(order.id).queryKey, changed);
    await queries.invalidateQueries({ queryKey: ['orders', 'pages'] });
  };
  if (!Object.values(open).includes(true)) return null;
  return (
    <section className="acts" aria-label="Actions">
      {open.ship && (
        <Act
          name="Ship"
          effects={[
            'The order counts as handed to the carrier, and cannot be cancelled from then on.',
            `${order.email} is told by mail, with the tracking number.`,
          ]}
          act={async (form) =>
            (await shop()).orders.ship({
              params,
              body: { carrier: textOf(form, 'carrier') ?? '', trackingNumber: textOf(form, 'trackingNumber') ?? '' },
            })
          }
          onDone={onDone}
        >
          <Field label="Carrier" name="carrier" autoComplete="on" maxLength={80} isRequired />
          <Field label="Tracking number" name="trackingNumber" autoComplete="off" maxLength={80} isRequired />
        </Act>
      )}
      {open.deliver && (
        <Act
          name="Mark as delivered"
          effects={['The order counts as delivered. Nothing can take that back.']}
          act={async () => (await shop()).orders.deliver({ params })}
          onDone={onDone}
        />
      )}
      {open.refund && (
        <Act
          name="Refund"
          effects={[
            `Up to ${money(left)} goes back to the card of the customer.`,
            hasLeft
              ? 'The goods stay with the customer; units that come back are added on the page of their product.'
              : 'A refund of all of it puts the goods back on the shelf, for they have not left.',
          ]}
          act={async (form, key) => {
            const written = textOf(form, 'amount.amount');
            const amount = written === undefined ? undefined : amountOf(written, left.currency);
            return (await shop()).orders.refund({
              params,
              headers: { 'idempotency-key': key },
              body: { reason: textOf(form, 'reason') ?? '', ...(amount && { amount }) },
            });
          }}
          onDone={onDone}
          isGrave
        >
          <Field
            label={`Amount in ${left.currency} (empty: all that is left)`}
            name="amount.amount"
            autoComplete="off"
            maxLength={16}
            validate={(text) =>
              text.trim() === '' || amountOf(text, left.currency) ? undefined : `Write it as in ${money(left)}.`
            }
          />
          <Field label="Reason" name="reason" autoComplete="off" maxLength={300} isRequired />
        </Act>
      )}
      {open.cancel && (
        <Act
          name="Cancel order"
          effects={[
            'The goods go back on the shelf.',
            captured.amount > 0
              ? `${money(left)} goes back to the card of the customer.`
              : 'No money is taken, and a held amount is given free.',
            `${order.email} is told by mail.`,
          ]}
          act={async (form) => {
            const reason = textOf(form, 'reason');
            return (await shop()).orders.cancel({ params, ...(reason !== undefined && { body: { reason } }) });
          }}
          onDone={onDone}
          isGrave
        >
          <Field label="Reason (the customer reads it)" name="reason" autoComplete="off" maxLength={300} />
        </Act>
      )}
    </section>
  );
};
