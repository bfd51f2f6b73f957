import path from 'node:path';

/** Absolute path of the checkout that this code runs from. A bundle has none: code that ships takes what it reads as an argument. */
export const root: string = path.join(import.meta.dirname, '..');
