/**
 * Makes the JAR of a stream job and prints where it is: `node lib/bundle/stream-job/main.ts <service> <hash of its bundle>`.
 * CDK calls it when it publishes the assets of an environment that has stream jobs, so only that needs Maven.
 */
import path from 'node:path';
import { root } from '../../checkout.ts';
import { services } from '../../services.ts';
import { bundleService } from '../bundle.ts';
import { jarCache, jobJar } from './job-jar.ts';

const [name, hash] = process.argv.slice(2);
const service = services.find((candidate) => candidate.name === name && candidate.kind === 'stream-job');
try {
  if (!service) throw new Error(`there is no stream job "${name}" in this checkout`);
  const bundle = await bundleService(service, { root, into: path.join(jarCache, 'bundles') });
  if (bundle.hash !== hash)
    throw new Error(`the stream job ${name} has changed since this assembly was made; run cdk synth again`);
  console.log((await jobJar(bundle, jarCache)).jar);
} catch (problem) {
  console.error(problem instanceof Error ? problem.message : String(problem));
  process.exitCode = 1;
}
