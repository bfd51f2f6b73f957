import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';

/** Writes a kubeconfig into the folder whose only context names the API server of a test; the file's path. */
export const writeKubeconfig = async (folder: string, server: string, token = 'token'): Promise<string> => {
  const file = path.join(folder, 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'shop', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'shop', user: { token } }],
    contexts: [{ name: 'shop', context: { cluster: 'shop', user: 'shop' } }],
    'current-context': 'shop',
  };
  await writeFile(file, stringify(config));
  return file;
};
