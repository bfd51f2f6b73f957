import type { Money } from '../../kit/values/money.ts';

/** What the cart shows of a product. */
export type Snippet = { readonly title: string; readonly price: Money; readonly stock: number };

/** What is known of a product: its snippet, that there is none, or nothing because the catalogue cannot be reached. */
export type ProductKnowledge = Snippet | 'unknown' | 'unreachable';
