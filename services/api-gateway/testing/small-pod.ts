/** A gateway with its peers in one process, to be run in as little memory as its pod has; it prints where it listens and the header of staff. */
import { startGateway } from './running-gateway.ts';

const { http, users } = await startGateway({ REQUESTS_AT_ONCE: 64 });
const { headers } = await users.signIn(['customer', 'staff']);
process.stdout.write(`${await http.listen({ host: '127.0.0.1', port: 0 })}\n${headers.authorization}\n`);
