import type { lawsDoors } from '../../contracts/http/operations/laws-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { lawsElsewhere } from '../../kit/laws/laws-elsewhere.ts';
import { type CheckLawsEffects, checkLaws } from '../laws/check-laws.ts';
import { actorOf } from '../use-cases/perform-act.ts';

const elsewhere = Object.values(lawsElsewhere);

/** What the doors of the laws do. */
export const lawsHandlers = (effects: CheckLawsEffects): DoorHandlers<typeof lawsDoors> => ({
  laws: async () => ({ ...(await effects.checks.last()), elsewhere }),
  checkLaws: async ({ caller }) => ({ ...(await checkLaws(effects, actorOf(caller))), elsewhere }),
});
