import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** What whoever hands spans to X-Ray may do there. Source: X-Ray developer guide, "How AWS X-Ray works with IAM": no resource can be named. */
export const traceStatements = (traces: object | undefined): PolicyStatement[] =>
  traces
    ? [
        new PolicyStatement({
          sid: 'SendTraces',
          actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
          resources: ['*'],
        }),
      ]
    : [];
