import { testLog } from '../../kit/testing/event-logs/log-fixtures.ts';
import { consumersConformance } from './consumers.conformance.ts';

consumersConformance('embedded', testLog);
