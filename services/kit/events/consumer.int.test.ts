import { testLog } from '../testing/event-logs/log-fixtures.ts';
import { consumerConformance } from './consumer.conformance.ts';

consumerConformance('embedded', testLog);
