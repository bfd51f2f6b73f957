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

export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email());

/** ISO 3166-1 alpha-2 codes, from the list of July 2026. */
const countries = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR ' +
    'CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ' +
    'ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ ' +
    'MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI ' +
    'SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
);

/** A postal address; `country` is an ISO 3166-1 alpha-2 code. */
export const addressSchema = z.strictObject({
  name: textSchema(120).optional(),
  street: textSchema(200),
  line2: textSchema(200).optional(),
  city: textSchema(120),
  state: textSchema(120).optional(),
  zip: textSchema(20),
  country: z.string().refine((code) => countries.has(code), 'must be an ISO 3166-1 alpha-2 code such as US'),
});

/** Where examples are sent to. */
export const exampleAddress = { street: 'Main Street 1', city: 'Springfield', zip: '12345', country: 'US' };

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
export type Address = z.output<typeof addressSchema>;
