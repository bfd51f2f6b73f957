import { inOrder, type Law } from './law.ts';
import { moneyLaws } from './money-laws.ts';
import { orderLaws } from './order-laws.ts';
import { stockLaws } from './stock-laws.ts';

/** Every law that the databases of orders, products and payments can tell, in the order of their numbers. */
export const storedLaws: readonly Law[] = inOrder([...orderLaws, ...stockLaws, ...moneyLaws]);
