/** Every page by its address. Pages come when they are opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Broken } from '../site-kit/components/broken.tsx';
import { Missing } from '../site-kit/components/states.tsx';
import { analyticsSearchOf } from './api/analytics-queries.ts';
import { databaseSearchOf } from './api/database-queries.ts';
import { letterSearchOf } from './api/dead-letter-queries.ts';
import { incidentSearchOf } from './api/incident-queries.ts';
import { orderSearchOf } from './api/order-queries.ts';
import { stockSearchOf } from './api/stock-queries.ts';
import { Layout } from './components/layout.tsx';

const root = createRootRoute({ component: Layout, notFoundComponent: () => <Missing /> });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/orders', replace: true });
  },
});

const orders = createRoute({
  getParentRoute: () => root,
  path: '/orders',
  validateSearch: orderSearchOf,
  component: lazyRouteComponent(() => import('./pages/order-list-page.tsx'), 'OrderListPage'),
});

const order = createRoute({
  getParentRoute: () => root,
  path: '/orders/$id',
  component: lazyRouteComponent(() => import('./pages/order-page.tsx'), 'OrderPage'),
});

const stock = createRoute({
  getParentRoute: () => root,
  path: '/stock',
  validateSearch: stockSearchOf,
  component: lazyRouteComponent(() => import('./pages/stock-page.tsx'), 'StockPage'),
});

const product = createRoute({
  getParentRoute: () => root,
  path: '/stock/$id',
  component: lazyRouteComponent(() => import('./pages/product-page.tsx'), 'ProductPage'),
});

const books = createRoute({
  getParentRoute: () => root,
  path: '/books',
  component: lazyRouteComponent(() => import('./pages/book-list-page.tsx'), 'BookListPage'),
});

const book = createRoute({
  getParentRoute: () => root,
  path: '/books/$id',
  component: lazyRouteComponent(() => import('./pages/book-page.tsx'), 'BookPage'),
});

const laws = createRoute({
  getParentRoute: () => root,
  path: '/laws',
  component: lazyRouteComponent(() => import('./pages/laws-page.tsx'), 'LawsPage'),
});

const analytics = createRoute({
  getParentRoute: () => root,
  path: '/analytics',
  validateSearch: analyticsSearchOf,
  component: lazyRouteComponent(() => import('./pages/analytics-page.tsx'), 'AnalyticsPage'),
});

const staff = createRoute({
  getParentRoute: () => root,
  path: '/staff',
  component: lazyRouteComponent(() => import('./pages/staff-page.tsx'), 'StaffPage'),
});

const map = createRoute({
  getParentRoute: () => root,
  path: '/map',
  validateSearch: ({ part }: Record<string, unknown>): { readonly part?: string } =>
    typeof part === 'string' ? { part } : {},
  component: lazyRouteComponent(() => import('./pages/map-page.tsx'), 'MapPage'),
});

const pipelines = createRoute({
  getParentRoute: () => root,
  path: '/pipelines',
  component: lazyRouteComponent(() => import('./pages/pipelines-page.tsx'), 'PipelinesPage'),
});

const deadLetters = createRoute({
  getParentRoute: () => root,
  path: '/dead-letters',
  validateSearch: letterSearchOf,
  component: lazyRouteComponent(() => import('./pages/dead-letter-list-page.tsx'), 'DeadLetterListPage'),
});

const deadLetter = createRoute({
  getParentRoute: () => root,
  path: '/dead-letters/$id',
  component: lazyRouteComponent(() => import('./pages/dead-letter-page.tsx'), 'DeadLetterPage'),
});

const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  validateSearch: incidentSearchOf,
  component: lazyRouteComponent(() => import('./pages/incident-list-page.tsx'), 'IncidentListPage'),
});

const incident = createRoute({
  getParentRoute: () => root,
  path: '/incidents/$id',
  component: lazyRouteComponent(() => import('./pages/incident-page.tsx'), 'IncidentPage'),
});

const maintenance = createRoute({
  getParentRoute: () => root,
  path: '/maintenance',
  component: lazyRouteComponent(() => import('./pages/maintenance-page.tsx'), 'MaintenancePage'),
});

const lag = createRoute({
  getParentRoute: () => root,
  path: '/lag',
  component: lazyRouteComponent(() => import('./pages/consumers-page.tsx'), 'ConsumersPage'),
});

const databases = createRoute({
  getParentRoute: () => root,
  path: '/databases',
  validateSearch: databaseSearchOf,
  component: lazyRouteComponent(() => import('./pages/databases-page.tsx'), 'DatabasesPage'),
});

const cache = createRoute({
  getParentRoute: () => root,
  path: '/cache',
  component: lazyRouteComponent(() => import('./pages/cache-page.tsx'), 'CachePage'),
});

const acts = createRoute({
  getParentRoute: () => root,
  path: '/acts',
  component: lazyRouteComponent(() => import('./pages/acts-page.tsx'), 'ActsPage'),
});

/** The router of the console. */
export const createConsoleRouter = () =>
  createRouter({
    routeTree: root.addChildren([
      home,
      orders,
      order,
      stock,
      product,
      books,
      book,
      laws,
      analytics,
      staff,
      map,
      pipelines,
      deadLetters,
      deadLetter,
      lag,
      incidents,
      incident,
      maintenance,
      databases,
      cache,
      acts,
    ]),
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: Broken,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
