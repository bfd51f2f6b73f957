/** What is wrong in the manifest of a service, as one sentence that names the file. */
export const manifestProblem = (service: string, problem: string): Error =>
  new Error(`services/${service}/manifest.ts: ${problem}`);
