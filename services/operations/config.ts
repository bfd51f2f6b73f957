import * as z from 'zod';
import { warehouseConfig } from '../kit/warehouse/open-warehouse.ts';

const isAddress = (text: string) => z.email().safeParse(text).success;

export const operationsConfig = warehouseConfig.extend({
  MAIL_FROM: z.string().min(3),
  INCIDENT_MAILS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean),
    )
    .refine((all) => all.every(isAddress), 'it must be e-mail addresses with commas between them'),
});

export type OperationsConfig = z.output<typeof operationsConfig>;
