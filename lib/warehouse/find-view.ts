import { type WarehouseView, warehouseViews } from '../../services/contracts/warehouse/order-views.ts';

/** The ready-made question of a name. Throws one sentence that names all when there is none. */
export const findView = (name: string): WarehouseView => {
  const found = warehouseViews.find((view) => view.name === name);
  if (!found)
    throw new Error(`there is no question "${name}"; known are ${warehouseViews.map((view) => view.name).join(', ')}`);
  return found;
};
