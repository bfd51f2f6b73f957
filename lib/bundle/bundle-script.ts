/** Makes the folder that ships of a stream job: its SQL script, what its manifest says about the topics in it, and what runs it on Flink. */
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { consumedTopics, type ServiceManifest, serviceKinds } from '../../services/kit/manifest.ts';
import { root as checkout } from '../checkout.ts';

/** File beside the script with what the one who runs it must know. */
const DESCRIPTION = 'job.json';

/** What makes a JAR of a script, the same for every job (lib/bundle/stream-job). */
const RUNNER = path.join(checkout, 'services/kit/stream-jobs/flink');
const RUNNER_FILES = ['SHA256SUMS', 'SqlJob.java', 'pom.xml'];

/**
 * Writes script, description and runner to `<into>/<name>`. Throws one sentence when the script is missing or empty, or does not name a
 * topic that its manifest consumes or publishes.
 */
export const bundleScript = async (
  service: ServiceManifest,
  { root, into }: { readonly root: string; readonly into: string },
): Promise<{ readonly folder: string; readonly entry: string }> => {
  const { name, publishes, consumes } = service;
  const { entry: script } = serviceKinds[service.kind];
  const source = `services/${name}/${script}`;
  const text = await readFile(path.join(root, source), 'utf8').catch((problem: NodeJS.ErrnoException) => {
    if (problem.code === 'ENOENT') throw new Error(`${source} is missing; write the job there, in Flink's SQL`);
    throw problem;
  });
  if (text.trim() === '') throw new Error(`${source} is empty; restore its content before building`);
  const unnamed = [...consumedTopics(service), ...Object.keys(publishes)].filter(
    (topic) => !text.includes(`'${topic}'`),
  );
  if (unnamed.length > 0)
    throw new Error(
      `${source} never names '${unnamed.join("', '")}', which services/${name}/manifest.ts declares; make it a table there, or take it out of the manifest`,
    );
  const folder = path.join(into, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, script), text);
  const description = { name, script, consumes, publishes: Object.keys(publishes) };
  await writeFile(path.join(folder, DESCRIPTION), `${JSON.stringify(description, null, 2)}\n`);
  for (const file of RUNNER_FILES) await copyFile(path.join(RUNNER, file), path.join(folder, file));
  return { folder, entry: path.join(folder, script) };
};
