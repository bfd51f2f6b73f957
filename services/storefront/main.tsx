import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from '../site-kit/api/query-client.ts';
import { noteSessionEnd } from './api/session-end.ts';
import { firstSpoken, LanguageProvider } from './messages/language.tsx';
import { createShopRouter } from './router.tsx';
import { shellKept } from './shell-kept.ts';
import '@fontsource-variable/instrument-sans/index.css';

const start = async (): Promise<void> => {
  const first = await firstSpoken();
  const queries: QueryClient = createQueryClient((problem) => noteSessionEnd(queries, problem));
  const router = createShopRouter(queries);
  const place = document.getElementById('site');
  if (!place) throw new Error('index.html has no element "site" to put the page into');
  if (place.hasChildNodes()) await shellKept(router, queries);
  // From here on nothing else draws there, not even while the page is still empty (public/ahead.js).
  place.dataset['taken'] = '';

  createRoot(place).render(
    <StrictMode>
      <LanguageProvider first={first}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </LanguageProvider>
    </StrictMode>,
  );
};

// Not awaited: the scripts of pages import this one, so they would wait until it has ended, and it waits for them.
void start();
