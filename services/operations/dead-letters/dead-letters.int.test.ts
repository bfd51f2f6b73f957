import { testLog } from '../../kit/testing/event-logs/log-fixtures.ts';
import { deadLettersConformance } from './dead-letters.conformance.ts';

deadLettersConformance('embedded', testLog);
