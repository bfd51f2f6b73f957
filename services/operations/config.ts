import * as z from 'zod';

export const operationsConfig = z.object({});
