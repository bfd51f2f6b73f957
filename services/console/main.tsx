import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from '../site-kit/api/query-client.ts';
import { SiteWordsProvider } from '../site-kit/messages/site-words.tsx';
import { endedSession } from './api/ended-session.ts';
import { siteWords } from './messages/site-words.ts';
import { createConsoleRouter } from './router.tsx';
import '@fontsource-variable/instrument-sans/index.css';

const queries = createQueryClient((problem) => endedSession(queries, problem));
const router = createConsoleRouter();
const place = document.getElementById('site');
if (!place) throw new Error('index.html has no element "site" to put the page into');

createRoot(place).render(
  <StrictMode>
    <SiteWordsProvider value={siteWords}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </SiteWordsProvider>
  </StrictMode>,
);
