/** An emulated AWS account, empty at first, in which the CDK CLI and the SDK work as on AWS. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { freePort } from '../../../services/kit/testing/loopback.ts';
import { root } from '../../checkout.ts';
import { type ProgramRun, runProgram } from '../../run-program.ts';
import { partOf } from '../../testing/real-part.ts';

/** Account of everything in the emulator. */
export const ACCOUNT = '000000000000';

export type AwsEmulator = {
  readonly url: string;
  /** Runs the CDK CLI on the synthesized assembly. */
  cdk(...parameters: string[]): Promise<ProgramRun>;
  /** Runs `cloudmart` as an operator of this account would. */
  cloudmart(...parameters: string[]): Promise<ProgramRun>;
  /** Kubernetes objects that the deployment handed over, by the id of their custom resource. */
  kubernetesObjects(): Promise<Map<string, Record<string, unknown>[]>>;
  /** Ids of the custom resources whose objects were applied, once for each time. */
  applied(): Promise<string[]>;
  /** Mails that SES took, as the emulator shows them. */
  mails(): Promise<EmulatedMail[]>;
  stop(): Promise<void>;
};

export type EmulatedMail = { readonly To: string[]; readonly Subject: string };

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });

const isStandin = (file: string) => file.endsWith('.json');

/** Starts the emulator; the caller stops it. The environment of this process then points to it. */
export const startAwsEmulator = async (): Promise<AwsEmulator> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-emulator-'));
  const standins = path.join(folder, 'objects');
  const unpacked = path.join(folder, 'functions');
  await mkdir(standins);
  await mkdir(unpacked);
  // Functions are unpacked below, so they find the SDK that Lambda's runtime would bring.
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'emulator',
    AWS_SECRET_ACCESS_KEY: 'emulator',
    AWS_CONFIG_FILE: path.join(folder, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'no-credentials'),
  });
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN']) delete process.env[name];

  const server = spawn(partOf('REAL_EMULATOR_PYTHON'), [partOf('REAL_EMULATOR')], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Functions run on the Node that the repository pins.
      PATH: `${path.join(root, 'node_modules/.bin')}:${process.env['PATH']}`,
      TMPDIR: unpacked,
      STANDINS: standins,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      NODE_OPTIONS: '',
    },
  });
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk).slice(-10_000);
  };
  server.stdout.on('data', keep);
  server.stderr.on('data', keep);
  const stop = async () => {
    server.kill('SIGTERM');
    const last = setTimeout(() => server.kill('SIGKILL'), 10_000);
    await ended(server);
    clearTimeout(last);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await eventually(
      async () => {
        if (server.exitCode !== null) throw new Error(`the emulator ended: ${log}`);
        const { ok } = await fetch(`${url}/_ministack/health`);
        if (!ok) throw new Error('not ready');
      },
      { everyMs: 100 },
    );
  } catch (problem) {
    await stop();
    throw new Error(`the emulator did not start: ${log}`, { cause: problem });
  }

  const run = (program: string, parameters: readonly string[]) =>
    runProgram(path.join(root, 'node_modules/.bin', program), parameters, {
      environment: { CI: 'true', NODE_OPTIONS: '' },
    });
  return {
    url,
    cdk: (...parameters) => run('cdk', ['--app', partOf('REAL_ASSEMBLY'), '--no-notices', '--no-color', ...parameters]),
    cloudmart: (...parameters) => run('node', [path.join(root, 'bin/cloudmart.ts'), ...parameters]),
    kubernetesObjects: async () =>
      new Map(
        await Promise.all(
          (await readdir(standins))
            .filter(isStandin)
            .map(
              async (file) =>
                [path.basename(file, '.json'), JSON.parse(await readFile(path.join(standins, file), 'utf8'))] as const,
            ),
        ),
      ),
    applied: async () => (await readFile(path.join(standins, 'applied.log'), 'utf8')).trim().split('\n'),
    mails: async () => {
      const { messages } = (await (await fetch(`${url}/_ministack/ses/messages`)).json()) as {
        messages: Record<string, EmulatedMail[]>;
      };
      return messages[ACCOUNT] ?? [];
    },
    stop,
  };
};
