import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { deadLetterMessage, driftMessage, runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import { clusterLogGroup, databaseLogGroup, functionLogGroup, partName, prefixOf } from '../names.ts';

export type SavedSearchesProps = {
  /** Name of the environment. */
  readonly environment: string;
  readonly services: readonly ServiceManifest[];
};

/** Pods' lines lie below `log_processed`, where Fluent Bit puts what it has parsed; those of functions are as they were written. */
const written = (field: string) => `coalesce(log_processed.${field}, ${field})`;

const shown = `fields @timestamp, ${written('service')} as who, ${written('level')} as weight, ${written('message')} as said, ${written('error.message')} as cause, ${written('traceId')} as trace`;

type Search = { readonly title: string; readonly lines: readonly string[] };

/** What somebody looks for in the lines of services. A value to be put in stands in quotes, and a comment says what it is. */
const searches: readonly Search[] = [
  {
    title: 'errors of a service',
    lines: [
      '# Put in the name of a service.',
      shown,
      '| filter weight in ["error", "fatal"] and who = "order"',
      '| sort @timestamp desc',
      '| limit 200',
    ],
  },
  {
    title: 'errors by service',
    lines: [
      shown,
      '| filter weight in ["error", "fatal"]',
      '| stats count() as lines, latest(@timestamp) as last by who, said',
      '| sort lines desc',
    ],
  },
  {
    title: 'one trace',
    lines: [
      '# Put in the traceId of a problem that somebody was answered, or of a line.',
      shown,
      '| filter trace = "4bf92f3577b34da6a3ce929d0e0e4736"',
      '| sort @timestamp asc',
    ],
  },
  {
    title: 'one order',
    lines: [
      '# Put in the id of an order, a payment or a product.',
      shown,
      '| filter @message like "ord_"',
      '| sort @timestamp asc',
    ],
  },
  {
    title: 'refused sign-ins',
    lines: [
      shown,
      `| filter ${written('audit')} = "refused"`,
      `| stats count() as refused, latest(@timestamp) as last by ${written('network')} as origin, ${written('route')} as door, ${written('code')} as why`,
      '| sort refused desc',
    ],
  },
  {
    title: 'dead letters',
    lines: [
      shown,
      `| filter said = "${deadLetterMessage}"`,
      `| stats count() as letters, latest(@timestamp) as last by who, ${written('topic')} as stream, ${written('reason')} as why`,
      '| sort letters desc',
    ],
  },
  {
    title: 'differences between the books',
    lines: [shown, `| filter said = "${driftMessage}"`, '| sort @timestamp desc'],
  },
];

const slowStatements: Search = {
  title: 'slow statements',
  lines: [
    'fields @timestamp, @message',
    '| filter @message like "duration: "',
    '| parse @message "duration: * ms" as milliseconds',
    '| sort milliseconds desc',
    '| limit 50',
  ],
};

/** Questions to the logs, ready in CloudWatch Logs Insights under the name of the environment. They cost when they are asked, not before. */
export class SavedSearches extends Construct {
  constructor(scope: Construct, id: string, { environment, services }: SavedSearchesProps) {
    super(scope, id);
    const prefix = prefixOf(environment);
    const functions = services.filter((service) => runtimeOf(service) === 'function');
    const ofServices = [
      clusterLogGroup(prefix, 'application'),
      ...functions.map(({ name }) => functionLogGroup(partName(environment, name))),
    ];
    const save = ({ title, lines }: Search, logGroupNames: string[]) =>
      new CfnQueryDefinition(
        this,
        title.replaceAll(/\W(\w)/g, (_, letter: string) => letter.toUpperCase()),
        {
          name: `${prefix}/${title}`,
          queryString: lines.join('\n'),
          logGroupNames,
        },
      );
    for (const search of searches) save(search, ofServices);
    save(slowStatements, [databaseLogGroup(prefix)]);
  }
}
