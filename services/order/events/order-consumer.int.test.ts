import { testLog } from '../../kit/testing/log-fixtures.ts';
import { orderConsumerConformance } from './order-consumer.conformance.ts';

orderConsumerConformance('embedded', testLog);
