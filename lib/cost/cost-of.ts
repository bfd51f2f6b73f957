import type { Environment } from '../environment/environment.ts';
import { services } from '../services.ts';
import { preparePlatform } from '../templates/platform-templates.ts';
import { type CostEstimate, estimateCost } from './estimate.ts';

/** Estimates an environment from its templates. */
export const costOf = (environment: Environment): CostEstimate =>
  estimateCost(environment, services, preparePlatform([environment], services).synth());
