import { z } from 'zod';
import { cidr, count, logDays } from './value-shapes.ts';

/** The Kubernetes cluster of an environment. */
export const clusterShape = z.strictObject({
  version: z
    .enum(['1.35'])
    .describe('Kubernetes version; the kubectl layer in package.json must be within one minor version.'),
  compute: z.enum(['auto-mode', 'node-groups']).describe('Who runs the nodes: EKS Auto Mode, or managed node groups.'),
  capacity: z
    .enum(['on-demand', 'spot'])
    .describe('How nodes are bought; spot nodes may go with two minutes of notice.'),
  nodes: z.strictObject({
    instanceType: z
      .string()
      .regex(/^[a-z0-9]+\.[a-z0-9]+$/)
      .describe(
        'EC2 type of node groups; Auto Mode chooses its own. Outside dev one that encrypts what nodes send each other: c, m, r from generation 6, but for 6g and 6gd.',
      ),
    categories: z
      .array(z.enum(['c', 'm', 'r', 't']))
      .min(1)
      .describe(
        'EC2 categories that Auto Mode may choose from; t is the cheapest, slows down under steady load, and is for dev only, because t3 does not encrypt what nodes send each other.',
      ),
    min: count(1, 100).describe('Smallest number of nodes of the group.'),
    max: count(1, 100).describe(
      'Largest number of nodes of the group; for Auto Mode the CPU limit is four times this.',
    ),
  }),
  publicEndpointCidrs: z
    .array(cidr)
    .describe(
      'Ranges from which the API server is reached over the internet, always with IAM; none means from inside the VPC only.',
    ),
  sessionHost: z
    .boolean()
    .describe(
      'Whether a small host without open ports leads to the API server by Session Manager; the way in where no range of the internet is admitted and no network of yours is joined to the VPC.',
    ),
  administrators: z
    .array(
      z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/*-]+$/, 'the ARN of a role, * allowed in its name'),
    )
    .describe(
      'Roles that may become administrator or viewer of the cluster without a second factor in their session, such as those of IAM Identity Center (arn:aws:iam::<account>:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_<permission set>_*), which asks for it at sign-in; everybody else in the account needs one.',
    ),
  addOnVersions: z
    .record(z.string(), z.string().regex(/^v\d+\.\d+\.\d+-eksbuild\.\d+$/, 'a version such as v0.8.0-eksbuild.2'))
    .describe(
      'Version of each add-on, as `aws eks describe-addon-versions --kubernetes-version <version> --addon-name <name>` lists them; one without a version stays at the newest of its first creation.',
    ),
  logDays: logDays.describe('Days that control-plane and container logs are kept.'),
  containerInsights: z.boolean().describe('Whether CloudWatch collects metrics of every pod (billed per observation).'),
});
