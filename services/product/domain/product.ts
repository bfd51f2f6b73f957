import { isCurrency } from '../../kit/values/currencies.ts';
import type { Money } from '../../kit/values/money.ts';
import type { ProductImage } from './product-image.ts';
import { currencyUnknown } from './product-refusals.ts';
import { searchText } from './search-words.ts';
import { titleKey } from './title-key.ts';

/** What staff say about a product. */
export type ProductDetails = {
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly price: Money;
  readonly imageUrl: string | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
};

export type Product = ProductDetails & {
  readonly id: string;
  /** Units that can be bought now. */
  readonly stock: number;
  /** Pictures that staff uploaded, the first one first. */
  readonly images: readonly ProductImage[];
  /** Rises with each change of the details and of the pictures. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** The fields that are given replace the old ones; attributes are replaced as a whole. */
export type ProductChanges = Partial<ProductDetails>;

export const applyChanges = (details: ProductDetails, changes: ProductChanges): ProductDetails => ({
  title: changes.title ?? details.title,
  description: changes.description ?? details.description,
  category: changes.category ?? details.category,
  price: changes.price ?? details.price,
  imageUrl: changes.imageUrl === undefined ? details.imageUrl : changes.imageUrl,
  attributes: changes.attributes ?? details.attributes,
});

/** Refuses a price that nobody could add up: the door only knows how a currency is written. */
export const requireDetails = (details: ProductDetails): ProductDetails => {
  if (!isCurrency(details.price.currency)) throw currencyUnknown(details.price.currency);
  return details;
};

/** What the catalogue is searched and sorted by, in the order of weight: title, then category and attributes, then description. */
export type ProductIndex = {
  readonly titleKey: string;
  readonly titleWords: string;
  readonly attributeWords: string;
  readonly descriptionWords: string;
};

/** Raise it with every change of what {@link indexProduct} or the statements make of a product. */
export const indexVersion = 2;

export const indexProduct = ({
  title,
  category,
  attributes,
  description,
}: Pick<ProductDetails, 'title' | 'category' | 'attributes' | 'description'>): ProductIndex => ({
  titleKey: titleKey(title),
  titleWords: searchText(title),
  attributeWords: searchText([category, ...Object.values(attributes)].join(' ')),
  descriptionWords: searchText(description),
});
