import type { Cart, CartNotice } from '../../contracts/http/cart-api.ts';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { useAgreeToPrices } from '../api/cart-changes.ts';
import { useBuyingMessages } from '../messages/language.tsx';
import { ProblemNotice } from './problem-notice.tsx';

const stops = ({ kind }: CartNotice) => kind === 'gone' || kind === 'stock-short';

const useWordsOf = () => {
  const { cart } = useBuyingMessages();
  const { money } = useFormats();
  return (notice: CartNotice): string => {
    switch (notice.kind) {
      case 'gone':
        return cart.gone;
      case 'stock-short':
        return cart.left(notice.left);
      case 'price-down':
        return cart.priceDown(money(notice.from), money(notice.to));
      case 'price-up':
      case 'currency-changed':
        return cart.priceUp(money(notice.from), money(notice.to));
    }
  };
};

/** What changed about one line since it was put in. */
export const LineNotices = ({ notices }: { readonly notices: readonly CartNotice[] }) => {
  const wordsOf = useWordsOf();
  return notices.map((notice) => (
    <p key={notice.kind} className={stops(notice) ? 'stock out' : 'fine'}>
      {wordsOf(notice)}
    </p>
  ));
};

/** Says of a whole cart that something changed, and lets the buyer agree to the prices that are shown. */
export const CartNoticeBar = ({ cart }: { readonly cart: Cart }) => {
  const messages = useBuyingMessages();
  const { money } = useFormats();
  const agree = useAgreeToPrices();
  if (!cart.notice) return null;
  const { from, to } = cart.notice;
  const prices = cart.items.flatMap(({ productId, unitPrice, notices }) =>
    unitPrice && notices.some((notice) => !stops(notice)) ? [{ productId, unitPrice }] : [],
  );
  return (
    <div className="notice cart-notice" role="status">
      <p>
        {messages.cart.changed}
        {from && to && money(from) !== money(to) && ` ${messages.cart.changedTotal(money(from), money(to))}`}
      </p>
      {prices.length > 0 && (
        <button type="button" className="button quiet" disabled={agree.isPending} onClick={() => agree.mutate(prices)}>
          {messages.cart.agree}
        </button>
      )}
      <ProblemNotice problem={agree.error} />
    </div>
  );
};
