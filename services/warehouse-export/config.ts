import * as z from 'zod';

export const warehouseExportConfig = z.object({
  WAREHOUSE_URL: z
    .string()
    .regex(
      /^(none:|http:\/\/127\.0\.0\.1:\d+|bigquery:\/\/[a-z][a-z0-9-]{4,28}[a-z0-9]\/\w{1,1024})$/,
      'must be bigquery://<project>/<dataset>, none: or the door of a warehouse on this machine',
    ),
  GOOGLE_AUDIENCE: z.string().startsWith('//iam.googleapis.com/').optional(),
  GOOGLE_SERVICE_ACCOUNT: z.email().optional(),
});

export type WarehouseExportConfig = z.output<typeof warehouseExportConfig>;
