import { useFormats } from '../../site-kit/messages/site-words.tsx';

/** Units from which on somebody should order more. */
const few = 5;

const toneOf = (stock: number) => {
  if (stock <= 0) return 'bad';
  return stock <= few ? '' : 'good';
};

/** How many units can be bought now, with a colour for few and for none. */
export const StockState = ({ stock }: { readonly stock: number }) => {
  const { number } = useFormats();
  return <span className={`state ${toneOf(stock)}`}>{stock <= 0 ? 'sold out' : number(stock)}</span>;
};
