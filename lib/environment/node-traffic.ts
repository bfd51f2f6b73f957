/** Which nodes encrypt what they send each other; docs/decisions/0011 says why that is what calls between pods rely on. */
import type { Environment } from './environment.ts';

/** Label of EKS Auto Mode by which a pool takes only such types. Source: EKS user guide, "Create a Node Pool for EKS Auto Mode". */
export const nodeEncryptionLabel = 'eks.amazonaws.com/instance-encryption-in-transit-supported';

/**
 * Whether instances of a type encrypt what they send each other, by the hardware below them: c, m and r from generation 6 on, but for
 * the first Graviton of it. Others that do (t8i, c5n and the like) are left out.
 * Source: EC2 DescribeInstanceTypes, `NetworkInfo.EncryptionInTransitSupported`, 2026-10; EC2 user guide, "Encryption between instances".
 */
export const typeEncrypts = (instanceType: string): boolean =>
  /^[cmr][6-9]/.test(instanceType) && !/^[cmr]6gd?\./.test(instanceType);

/** Whether every node that an environment may get encrypts what it sends to the others; t3, t3a and t4g do not. */
export const nodesEncrypt = ({ compute, nodes }: Environment['cluster']): boolean =>
  compute === 'auto-mode' ? !nodes.categories.includes('t') : typeEncrypts(nodes.instanceType);
