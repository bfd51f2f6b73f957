import { testLog } from '../../kit/testing/event-logs/log-fixtures.ts';
import { orderConsumerConformance } from './order-consumer.conformance.ts';

orderConsumerConformance('embedded', testLog);
