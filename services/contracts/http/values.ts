/** Values that appear in the schemas of several doors. */
import { z } from 'zod';

/**
 * Largest price and largest order, in minor units of any currency: 9 billion US dollars, or a car in Iranian rials.
 * The largest cart, 100 lines of 99 units each, is then a number that JSON and JavaScript still hold exactly (2^53).
 */
export const maxAmount = 900_000_000_000;

const currencySchema = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD');

/** An amount in minor units of an ISO 4217 currency. */
export const moneySchema = z.strictObject({ amount: z.int().min(0).max(maxAmount), currency: currencySchema });

/** What amounts add up to in a cart, which may be more than one order takes. */
export const moneySumSchema = z.strictObject({ amount: z.int().min(0), currency: currencySchema });

/** Money that moves: more than nothing. */
export const positiveMoneySchema = moneySchema.extend({ amount: z.int().min(1).max(maxAmount) });

/** An id as examples show it: `prd` gives `prd_01jdq5w8m3k7x2r9v4t6y0z1ab`. */
export const exampleId = (prefix: string): string => `${prefix}_01jdq5w8m3k7x2r9v4t6y0z1ab`;

/** A platform id: its kind, an underscore and 26 characters of Crockford base32. */
export const idSchema = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`), `must be an id that starts with ${prefix}_`)
    .meta({ example: exampleId(prefix) });

export const userIdSchema = idSchema('usr');
export const productIdSchema = idSchema('prd');
export const orderIdSchema = idSchema('ord');
export const paymentIdSchema = idSchema('pay');
export const refundIdSchema = idSchema('rfd');
export const returnIdSchema = idSchema('ret');

/** Text without control characters and halves of surrogate pairs: PostgreSQL stores no U+0000. */
export const oneLine = /^[^\p{Cc}\p{Cs}]*$/u;

/**
 * Text as it is kept: other separators of lines and paragraphs are spaces, and characters that turn the direction of what follows
 * them (Unicode's Bidi_Control) are gone. Both come along when people copy text, and both make a line say what it does not.
 */
const foldLine = (text: string) => text.replaceAll(/[\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/\p{Bidi_Control}/gu, '');

/** One line of text: folded, trimmed, without control characters and halves of surrogate pairs, never empty. */
export const textSchema = (maxLength: number) =>
  z.string().overwrite(foldLine).trim().min(1).max(maxLength).regex(oneLine, 'must not contain control characters');

/** Query part of every list: at most 100 items a page. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
};

/** Answer of every list; its example is a last page with the example of an item. */
export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z
    .strictObject({ items: z.array(item), nextCursor: z.string().nullable() })
    .meta({ example: { items: [item.meta()?.['example']], nextCursor: null } });

export const timestampSchema = z.iso.datetime();

/** When things happened in examples. */
export const exampleTime = '2026-11-29T10:15:00.000Z';

export type Money = z.output<typeof moneySchema>;

/** What a card form of the payment provider gave for a card: its numbers never come here. */
export const cardTokenSchema = z
  .string()
  .regex(/^(tok|pm|ctoken)_[A-Za-z0-9_]{1,100}$/, 'must be a card token that starts with tok_, pm_ or ctoken_');
