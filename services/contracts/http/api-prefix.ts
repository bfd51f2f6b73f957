/** Start of every path of the shop's API. */
export const apiPrefix = '/api/v1';
