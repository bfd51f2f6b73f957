/** Process that serves tables in a folder and writes into one without end, until it is killed: `FOLDER`; prints each item that is there. */
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startTables } from '../tables.ts';
import { streamingService } from './streaming-service.ts';

const WRITERS = 8;

const { port } = await startTables(process.argv[2] ?? '', 0, [streamingService]);
const client = new DynamoDBClient({
  endpoint: `http://127.0.0.1:${port}`,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const write = async (writer: number) => {
  for (let version = 0; ; version++) {
    const Item = { orderId: { S: `ord_${writer}` }, sequence: { S: String(version).padStart(6, '0') } };
    await client.send(new PutItemCommand({ TableName: 'entries-0', Item }));
    process.stdout.write(`${Item.orderId.S}/${Item.sequence.S}\n`);
  }
};
await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
