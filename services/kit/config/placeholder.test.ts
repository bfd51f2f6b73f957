import { describe, expect, test } from '@jest/globals';
import { isPlaceholder } from './placeholder.ts';

describe('placeholders', () => {
  test.each([
    '<your-openai-assistant-id>',
    '<YOUR_KEY>',
    'https://<your-domain>/hook',
    'changeme',
    'CHANGE_ME',
    'please-changeme-now',
    'todo',
    'TBD',
    'xxx',
    'sk-xxxxxxxxxxxx',
    'your-api-key',
    'your_secret_here',
    'replace-me',
    'REPLACE_WITH_KEY',
    'placeholder',
    ['$', '{API_KEY}'].join(''),
    '{{ api_key }}',
    'AKIAIOSFODNN7EXAMPLE',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'password',
    '********',
    ' changeme ',
  ])('%p is one', (value) => {
    expect(isPlaceholder(value)).toBe(true);
  });

  test.each([
    '',
    '30',
    'sandbox',
    'staff@cloudmart.example',
    'CloudMart <orders@cloudmart.example>',
    'https://shop.example.com',
    'postgresql://order:V3ryR4ndom@db:5432/orders',
    '4b7e0c6f2d9a81537b7e0c6f2d9a8153',
    'todos',
    'correct horse battery staple',
  ])('%p is none', (value) => {
    expect(isPlaceholder(value)).toBe(false);
  });
});
