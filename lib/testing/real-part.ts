/** Value of a variable that `npm run test:real` sets once the part is ready. */
export const partOf = (variable: string): string => {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set; run these tests with "npm run test:real"`);
  return value;
};
