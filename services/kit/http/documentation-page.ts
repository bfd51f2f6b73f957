/** The page that shows `/openapi.json` to people. Scalar draws it in the browser; nothing is loaded from elsewhere. */
import { createHash } from 'node:crypto';
import { fastify } from 'fastify';
import { createFixedAnswer, type FixedAnswer } from './fixed-answer.ts';

const url = '/openapi.json';

/** What the page is asked to show. Left out: the vendor's assistant, MCP server, publishing and usage reports. */
const configuration = {
  url,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  telemetry: false,
  withDefaultFonts: false,
  documentDownloadType: 'direct',
};

/** Scalar's script as its plugin would serve it. Imported at the first visit: it is 4 MB of text. */
const loadScript = async (): Promise<FixedAnswer> => {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const plugin = fastify();
  await plugin.register(scalar, { routePrefix: '/', configuration: { url } });
  const { statusCode, rawPayload } = await plugin.inject('/js/scalar.js');
  await plugin.close();
  if (statusCode !== 200)
    throw new Error('@scalar/fastify-api-reference serves no js/scalar.js; see where its version has moved it');
  return createFixedAnswer(rawPayload, { contentType: 'text/javascript; charset=utf-8', isAlwaysCompressed: true });
};

// The samples name the host at which the page was opened, which only the browser knows.
const start = `Scalar.createApiReference('#app', { ...${JSON.stringify(configuration)}, servers: [{ url: location.origin }] })`;

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const htmlOf = (title: string, script: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript; <a href="${url}">${url}</a> says the same.</noscript>
<script src="${script}"></script>
<script>${start}</script>
</body>
</html>
`;

/** Scalar writes its styles into the page; of scripts, only its own and the line that starts it run. */
export const pagePolicy = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash('sha256').update(start).digest('base64')}'`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export type DocumentationPage = { readonly html: FixedAnswer; readonly script: FixedAnswer };

// The script is the same for every server of the process.
let script: Promise<FixedAnswer> | undefined;

/** Makes the page; `pathOf` tells where the script of a version is served, from the root. */
export const createDocumentationPage = async (
  title: string,
  pathOf: (version: string) => string,
): Promise<DocumentationPage> => {
  script ??= loadScript();
  const loaded = await script;
  const html = htmlOf(title, pathOf(loaded.version));
  return { html: createFixedAnswer(Buffer.from(html), { contentType: 'text/html; charset=utf-8' }), script: loaded };
};
