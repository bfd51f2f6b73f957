import { StartRefused } from './start-refused.ts';

const NODE_MAJOR = 24;

/** Throws `StartRefused` unless the version is one that the platform is built and tested on. */
export const requireNode = (version: string): void => {
  if (Number(version.split('.')[0]) !== NODE_MAJOR)
    throw new StartRefused(
      'machine.node',
      `this needs Node ${NODE_MAJOR} and runs on ${version}; "npm ci" brings the right one, and "npm start" uses it`,
    );
};
