import { warehouseConfig } from '../kit/warehouse/open-warehouse.ts';

export const warehouseExportConfig = warehouseConfig;
