import { regionOfCaller } from '../../../../lib/aws/ask-aws.ts';
import { type PublishReport, publish } from '../../../../lib/release/image/publish.ts';
import { accountOf } from '../../../../lib/release/preflight/preflight-account.ts';
import type { ServiceManifest } from '../../../../services/kit/manifest.ts';
import { imageBuild } from '../../../command-line/image-build.ts';
import { asTyped } from '../../../command-line/options.ts';
import { print } from '../../../command-line/print.ts';
import type { PublishFlags } from '../../release/publish.ts';

const linesOf = ({ environment, images, findings }: PublishReport): string[] => {
  const count = (state: string) => images.filter((image) => image.state === state).length;
  return [
    ...images.map(({ repository, tag, digest, state }) => `${state.padEnd(6)}  ${repository}:${tag}  ${digest}`),
    ...findings.flatMap(({ code, problem, command }) => [`${code}: ${problem}`, `  ${command}`]),
    `${environment}: ${count('pushed')} pushed, ${count('there')} there before${findings.length > 0 ? ', and it does not have all' : ''}`,
  ];
};

/** Pushes what is missing and prints what the registry holds then. */
export const runPublish = async (
  services: readonly ServiceManifest[],
  flags: PublishFlags,
  stop: AbortSignal,
): Promise<void> => {
  const { environment, account, deadline, json } = flags;
  asTyped(() => accountOf(environment, account));
  const report = await publish({
    environment,
    services,
    account,
    callerRegion: await regionOfCaller(process.env),
    deadlineMs: deadline * 1000,
    stop,
    ...(await imageBuild(flags, stop)),
  });
  print(json, report, () => linesOf(report));
  if (report.findings.length > 0) process.exitCode = 1;
};
