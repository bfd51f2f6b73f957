import { Command } from 'commander';
import type { PublishReport } from '../../lib/release/image/publish.ts';
import { ENGINE_HELP, type ImageFlags, imageBuild, withImageOptions } from '../command-line/image-options.ts';

type Flags = ImageFlags & { environment: string; account?: string; deadline: string; json?: boolean };

const linesOf = ({ environment, images, findings }: PublishReport): string[] => {
  const count = (state: string) => images.filter((image) => image.state === state).length;
  return [
    ...images.map(({ repository, tag, digest, state }) => `${state.padEnd(6)}  ${repository}:${tag}  ${digest}`),
    ...findings.map(({ code, problem, command }) => `${code}: ${problem}\n  ${command}`),
    `${environment}: ${count('pushed')} pushed, ${count('there')} there before${findings.length > 0 ? ', and it does not have all' : ''}`,
  ];
};

const run = async (names: readonly string[], flags: Flags, stop: AbortSignal) => {
  const [{ publish }, { environmentNamed }, { imagesNamed }, aws, { WrongUsage, asTyped }] = await Promise.all([
    import('../../lib/release/image/publish.ts'),
    import('../../lib/environments.ts'),
    import('../../lib/services.ts'),
    import('../../lib/aws/ask-aws.ts'),
    import('../../lib/wrong-usage.ts'),
  ]);
  const { accountOf } = await import('../../lib/release/preflight/preflight-account.ts');
  const environment = asTyped(() => environmentNamed(flags.environment));
  asTyped(() => accountOf(environment, flags.account));
  const services = asTyped(() => imagesNamed(names));
  const deadline = Number(flags.deadline);
  if (!(deadline >= 0.1 && deadline <= 120))
    throw new WrongUsage(`--deadline ${flags.deadline}: give seconds from 0.1 to 120`);
  const report = await publish({
    environment,
    services,
    account: flags.account,
    callerRegion: await aws.regionOfCaller(process.env),
    deadlineMs: deadline * 1000,
    stop,
    ...(await imageBuild(flags, stop)),
  });
  process.stdout.write(`${flags.json ? JSON.stringify(report) : linesOf(report).join('\n')}\n`);
  if (report.findings.length > 0) process.exitCode = 1;
};

/** `cloudmart publish`: the images of an environment, in its registry. */
export const publishCommand = (): Command =>
  withImageOptions(new Command('publish'))
    .description(
      'push to ECR the images that an environment lacks, building those that this machine lacks; one that is there whole is left alone',
    )
    .argument('[services...]', 'services that run in the cluster; default all')
    .requiredOption('--environment <name>', 'dev, staging or production')
    .option('--account <id>', 'account that the environment lives in, where lib/environments.ts names none')
    .option('--deadline <seconds>', 'time that one question to AWS may take', '15')
    .option('--json', 'end with one line of JSON: the images with tag, digest and state, and the findings')
    .addHelpText(
      'after',
      `
${ENGINE_HELP}

Examples:
  npx cloudmart publish --environment staging
  npx cloudmart publish --environment dev order payment --account 111122223333 --json

Exit code 0: every image is in the registry, for amd64 and arm64. 1: some are not. 2: wrong usage.`,
    )
    .action(async (names: string[], flags: Flags) => {
      const { runInterruptibly } = await import('../command-line/run-interruptibly.ts');
      await runInterruptibly('what was pushed stays, and publishing again goes on from there', (stop) =>
        run(names, flags, stop),
      );
    });
