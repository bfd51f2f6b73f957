import { behindDoor, behindDoors, chart, door, one, pod } from '../../testing/planted-resources.ts';
import {
  agentCollects,
  chartsFit,
  doorsEncrypted,
  imagesPinned,
  nodesEncryptTraffic,
  visitorsKnown,
} from '../chart-rules.ts';
import type { LawCases } from './rule-cases.ts';

const agentAddon = (config?: object) =>
  one('AWS::EKS::Addon', {
    AddonName: 'amazon-cloudwatch-observability',
    ConfigurationValues: JSON.stringify({ agent: { config } }),
  });

export const chartLawCases: LawCases = {
  broken: [
    [chartsFit, 'a chart that is too large', chart({ kind: 'ConfigMap', data: 'x'.repeat(100_000) }), /split it/],
    [
      chartsFit,
      'a value that breaks the text of a chart',
      one('Custom::AWSCDK-EKS-KubernetesResource', {
        Manifest: { 'Fn::Join': ['', ['[{"port":', { Ref: 'Port' }, '}]']] },
      }),
      /no JSON/,
    ],
    [
      doorsEncrypted,
      'a door without a policy for TLS',
      door({ 'ssl-redirect': '443' }),
      /plain HTTP or TLS before 1\.2/,
    ],
    [
      doorsEncrypted,
      'a door that takes TLS 1.0',
      door({ 'ssl-redirect': '443', 'ssl-policy': 'ELBSecurityPolicy-2016-08' }),
      /plain HTTP or TLS before 1\.2/,
    ],
    [
      doorsEncrypted,
      'a door that serves plain HTTP',
      door({ 'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06' }),
      /plain HTTP or TLS before 1\.2/,
    ],
    [
      visitorsKnown,
      'a pod behind the door that believes nobody',
      behindDoor('10.0.0.0/24'),
      /from nobody, .* from 10\.0\.0\.0\/24; .* set TRUSTED_PROXIES/,
    ],
    [
      visitorsKnown,
      'a pod behind the door that believes everybody',
      behindDoor('10.0.0.0/24', '0.0.0.0/0'),
      /from 0\.0\.0\.0\/0, /,
    ],
    [
      visitorsKnown,
      'a pod whose door others than the load balancer reach',
      behindDoors({ '10.0.0.0/24': 8080, '10.0.128.0/24': 8080 }, '10.0.0.0/24'),
      /reaches them from 10\.0\.0\.0\/24, 10\.0\.128\.0\/24/,
    ],
    [
      visitorsKnown,
      'a pod without a door that believes somebody',
      chart(pod('x', [{ name: 'TRUSTED_PROXIES', value: '10.0.0.0/24' }])),
      /from 10\.0\.0\.0\/24, .* from nowhere/,
    ],
    [nodesEncryptTraffic, 'a pool that takes any type', chart({ kind: 'NodePool' }), /send each other plain text/],
    [imagesPinned, 'an image that can move', chart(pod('registry.example/cart:latest')), /pin its content hash/],
    [imagesPinned, 'an image without a tag', chart(pod('registry.example/cart')), /pin its content hash/],
    [
      agentCollects,
      'an agent that collects nothing',
      agentAddon({ logs: { metrics_collected: {} } }),
      /collects nothing/,
    ],
    [agentCollects, 'an agent that only knows its region', agentAddon({ agent: { region: 'x' } }), /collects nothing/],
  ],
  kept: [
    [
      doorsEncrypted,
      'a door with TLS 1.2 and 1.3',
      door({ 'ssl-redirect': '443', 'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06' }),
    ],
    [visitorsKnown, 'a pod that believes the load balancer', behindDoor('10.0.0.0/24', '10.0.0.0/24')],
    [
      visitorsKnown,
      'a pod whose metrics others read',
      behindDoors({ '10.0.0.0/24': 8080, '10.0.128.0/24': 9000 }, '10.0.0.0/24'),
    ],
    [visitorsKnown, 'a pod that only pods reach', chart(pod('x'))],
    [imagesPinned, 'an image named by its content', chart(pod(`registry.example/cart:${'a'.repeat(64)}`))],
    [imagesPinned, 'an image named by its digest', chart(pod(`registry.example/cart@sha256:${'a'.repeat(64)}`))],
    [agentCollects, 'an agent that listens', agentAddon({ logs: { metrics_collected: { emf: {} } } })],
    [agentCollects, 'an agent with what its add-on brings', agentAddon()],
  ],
};
