/** What became of a product's stock and price, for staff. */
import { z } from 'zod';
import { exampleId, exampleTime, moneySchema, pageQuery, pageSchema, timestampSchema } from '../values.ts';

export const historyQuery = z.strictObject(pageQuery);

/** Id of the member of staff; null where that was not kept yet. */
const change = { by: z.string().nullable(), at: timestampSchema };
const exampleChange = { by: exampleId('usr'), at: exampleTime };

/** Units that came or went by hand of staff, newest first; what orders reserve and buy is no part of it. */
export const stockHistoryAnswer = pageSchema(
  z
    .strictObject({ kind: z.enum(['initial', 'inbound', 'outbound']), change: z.int(), reason: z.string(), ...change })
    .meta({ example: { kind: 'inbound', change: 12, reason: 'Delivery of the supplier', ...exampleChange } }),
);

/** Prices, newest first, each with the version of the product that brought it. */
export const priceHistoryAnswer = pageSchema(
  z
    .strictObject({ version: z.int(), price: moneySchema, ...change })
    .meta({ example: { version: 2, price: { amount: 999, currency: 'USD' }, ...exampleChange } }),
);
