/** The app of the platform, run by the CDK CLI in a test, with a store that breaks a rule in each environment. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Stack, Stage } from 'aws-cdk-lib';
import { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import { environments } from '../../../environments.ts';
import { createPlatformApp } from '../../../platform-app.ts';

const folder = path.join(process.env['RULE_BREAKING_APP_FOLDER'] ?? '', 'code');
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'handler.mjs'), 'export const handler = async () => undefined;\n');
const app = createPlatformApp({
  environments: environments.map((environment) => ({ ...environment, configuration: {} })),
  services: [],
  withCloudFormationRules: false,
  codeOf: () => ({ folder, hash: 'a'.repeat(64) }),
});
for (const environment of environments) {
  const stage = app.node.findChild(environment.name) as Stage;
  new CfnReplicationGroup(stage.node.findChild('Cache') as Stack, 'Open', { replicationGroupDescription: 'planted' });
}
app.synth();
