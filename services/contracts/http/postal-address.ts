/** Where goods are sent to. */
import { z } from 'zod';
import { countries, withoutCity, withPostalCode } from './countries.ts';
import { textSchema } from './values.ts';

/** A postal address; `country` is an ISO 3166-1 alpha-2 code, and decides whether `zip` and `city` are needed. */
export const addressSchema = z
  .strictObject({
    name: textSchema(120).optional(),
    street: textSchema(200),
    line2: textSchema(200).optional(),
    city: textSchema(120).optional(),
    state: textSchema(120).optional(),
    zip: textSchema(20).optional(),
    country: z.string().refine((code) => countries.has(code), 'must be an ISO 3166-1 alpha-2 code such as US'),
  })
  .refine(({ country, zip }) => zip !== undefined || !withPostalCode.has(country), {
    path: ['zip'],
    message: 'is required in this country',
  })
  .refine(({ country, city }) => city !== undefined || withoutCity.has(country), {
    path: ['city'],
    message: 'is required in this country',
  });

/** Where examples are sent to. */
export const exampleAddress = { street: 'Main Street 1', city: 'Springfield', zip: '12345', country: 'US' };

export type Address = z.output<typeof addressSchema>;
