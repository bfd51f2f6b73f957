import { describe, expect, test } from '@jest/globals';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import { configurationOf } from '../environment/environment-configuration.ts';
import { environmentNamed } from '../environments.ts';
import { awsAddresses } from './function-variables.ts';
import { serviceVariables } from './service-variables.ts';

const pages = testManifest({ name: 'pages', kind: 'static', ports: { http: 3100 } });
const mailer = testManifest({
  name: 'mailer',
  configuration: {
    ORDER_PAGE: { description: 'A page.', kind: 'plain', page: { site: 'pages', path: '/orders/{id}' } },
    ORIGINS: { description: 'Origins.', kind: 'plain', default: '', page: { site: 'pages', path: '' } },
    COLOUR: { description: 'No page.', kind: 'plain', default: 'red' },
  },
});
const production = environmentNamed('production');

describe('the address of a page', () => {
  test('is at the site of each environment', () => {
    expect(configurationOf(mailer, production)).toEqual({
      ORDER_PAGE: `https://pages.${production.domain}/orders/{id}`,
      ORIGINS: `https://pages.${production.domain}`,
    });
  });

  test('is what an environment says, where it says one', () => {
    const own = { ORDER_PAGE: 'https://shop.example/o/{id}' };
    expect(configurationOf(mailer, { ...production, configuration: { mailer: own } })).toMatchObject(own);
  });

  test('is none where nobody reaches a site', () => {
    expect(configurationOf(mailer, { ...production, publicDoor: undefined })).toEqual({});
    const aws = awsAddresses((name) => name);
    expect(serviceVariables(mailer, [mailer, pages], aws)).toEqual({
      SERVICE_NAME: 'mailer',
      ORIGINS: '',
      COLOUR: 'red',
    });
  });

  test('is at the port of the site on one machine', () => {
    const here = { ...awsAddresses((name) => name), site: () => 'http://127.0.0.1:3100' };
    expect(serviceVariables(mailer, [mailer, pages], here)).toMatchObject({
      ORDER_PAGE: 'http://127.0.0.1:3100/orders/{id}',
      ORIGINS: 'http://127.0.0.1:3100',
      COLOUR: 'red',
    });
  });
});
