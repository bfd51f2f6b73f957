import type { analyticsDoors } from '../../contracts/http/operations/analytics-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { type AskViewEffects, createViewAsker } from '../analytics/ask-view.ts';
import { type ReadMinutesEffects, readMinutes } from '../analytics/read-minutes.ts';

/** What the doors of the figures do. */
export const analyticsHandlers = (
  effects: AskViewEffects & ReadMinutesEffects,
): DoorHandlers<typeof analyticsDoors> => {
  const askView = createViewAsker(effects);
  return {
    minuteFigures: ({ query: { hours } }) => readMinutes(effects, hours),
    warehouseView: ({ params: { view } }) => askView(view),
  };
};
