import { testLog } from '../testing/log-fixtures.ts';
import { consumerConformance } from './consumer.conformance.ts';

consumerConformance('embedded', testLog);
