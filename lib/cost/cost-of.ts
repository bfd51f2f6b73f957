import { environmentNamed } from '../environments.ts';
import { services } from '../services.ts';
import { preparePlatform } from '../templates/platform-templates.ts';
import { type CostEstimate, estimateCost } from './estimate.ts';

/** Estimates an environment by its name; an unknown one is refused with the known ones. */
export const costOf = (name: string): CostEstimate => {
  const environment = environmentNamed(name);
  return estimateCost(environment, services, preparePlatform([environment], services).synth());
};
