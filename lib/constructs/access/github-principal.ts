import type { Stack } from 'aws-cdk-lib';
import { type IOidcProvider, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam';

/** Who signs the tokens of GitHub's workflows. */
export const GITHUB_ISSUER = 'token.actions.githubusercontent.com';

/** Qualifier of the roles that `cdk bootstrap` makes. */
const QUALIFIER = 'hnb659fds';

/**
 * Workflows whose token has exactly this subject, such as `repo:owner/name:environment:production`.
 * Source: GitHub, "OpenID Connect reference", section on subject claims.
 */
export const githubPrincipal = (provider: IOidcProvider, subject: string) =>
  new WebIdentityPrincipal(provider.oidcProviderArn, {
    StringEquals: { [`${GITHUB_ISSUER}:aud`]: 'sts.amazonaws.com', [`${GITHUB_ISSUER}:sub`]: subject },
  });

/** ARN of a role of the bootstrap stack: `deploy`, `file-publishing`, `image-publishing` or `lookup`. */
export const bootstrapRoleArn = (stack: Stack, name: string): string =>
  stack.formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `cdk-${QUALIFIER}-${name}-role-${stack.account}-${stack.region}`,
  });
