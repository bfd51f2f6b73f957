import { userInfo } from 'node:os';

/** Who runs this, for a report; in a container that gives its user no name, the number. */
export const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.()}`;
  }
};
