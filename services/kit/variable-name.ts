/** `order` -> `ORDER`, `order-events` -> `ORDER_EVENTS`: how names of manifests stand in names of variables, on every platform. */
export const variableName = (name: string): string => name.toUpperCase().replaceAll('-', '_');
