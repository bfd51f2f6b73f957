/** Pages before anything is known, as `lib/bundle/site/page-shells.ts` writes them into `index.html` when the site is built. */
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { prerender } from 'react-dom/static';
import { createQueryClient } from '../site-kit/api/query-client.ts';
import { sessionGate } from './api/session-gate.ts';
import { isLanguage, LanguageProvider, languages, spokenIn } from './messages/language.tsx';
import { createShopRouter } from './router.tsx';

/** Pages that people come to first. What an address says beside its path stands in braces, which `public/ahead.js` replaces. */
const pages = [
  { page: '/', address: '/', module: 'pages/home-page.tsx' },
  { page: '/products', address: '/products', module: 'pages/product-list-page.tsx' },
  { page: '/products?q', address: '/products?q={q}', module: 'pages/product-list-page.tsx' },
  { page: '/products?category', address: '/products?category={category}', module: 'pages/product-list-page.tsx' },
  { page: '/products/$id', address: '/products/{id}', module: 'pages/product-page.tsx' },
];

// Nothing is known here, and nobody is there to be asked.
sessionGate.close();

const fail = (problem: unknown): never => {
  throw problem;
};

const drawn = await Promise.all(
  Object.keys(languages)
    .filter(isLanguage)
    .flatMap((language) =>
      pages.map(async ({ page, address, module }) => {
        const queries = createQueryClient();
        const router = createShopRouter(queries, createMemoryHistory({ initialEntries: [address] }));
        await router.load();
        const first = await spokenIn(language);
        const { prelude } = await prerender(
          <LanguageProvider first={first}>
            <QueryClientProvider client={queries}>
              <RouterProvider router={router} />
            </QueryClientProvider>
          </LanguageProvider>,
          { onError: fail },
        );
        const html = await new Response(prelude).text();
        // Comments are for a script that goes on with this HTML; here React draws the page anew.
        return { page, language, module, html: html.replaceAll(/<!--.*?-->/g, '') };
      }),
    ),
);

/** Every such page in every language: its HTML, and the module that draws it once its script is there. */
export const shells = drawn;
