/** Every page by its address. Pages come when they are opened; what they read is asked for at the same moment. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from '@tanstack/react-router';
import { whenOnline } from '../site-kit/api/when-online.ts';
import { Broken } from '../site-kit/components/broken.tsx';
import { Missing } from '../site-kit/components/states.tsx';
import { type ProductSearch, productSearchOf } from './api/product-search.ts';
import {
  categoriesQuery,
  facetsQuery,
  orderQuery,
  productPagesQuery,
  productQuery,
  shelfQuery,
} from './api/queries.ts';
import { Layout } from './components/layout.tsx';
import { readBuyingMessages } from './messages/language.tsx';

/** A page that is not here yet waits for a connection: the router would load the window anew, and leave the shop for the browser's own page. */
const connected =
  <Page,>(read: () => Promise<Page>) =>
  async () => {
    await whenOnline();
    return read();
  };

/** A page that speaks of the cart, of orders or accounts: what it says comes at the same time. */
const buying = <Page,>(read: () => Promise<Page>) =>
  connected(() => {
    void readBuyingMessages().catch(() => undefined);
    return read();
  });

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Layout,
  notFoundComponent: () => <Missing />,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  loader: ({ context: { queries } }) => {
    void queries.prefetchQuery(shelfQuery({ sort: 'newest' }, 12));
    void queries.prefetchQuery(categoriesQuery);
  },
  component: lazyRouteComponent(
    connected(() => import('./pages/home-page.tsx')),
    'HomePage',
  ),
});

const products = createRoute({
  getParentRoute: () => root,
  path: '/products',
  validateSearch: (asked: Record<string, unknown>): ProductSearch => productSearchOf(asked),
  loaderDeps: ({ search }) => search,
  loader: ({ context: { queries }, deps }) => {
    void queries.prefetchInfiniteQuery(productPagesQuery(deps));
    void queries.prefetchQuery(facetsQuery(deps));
    void queries.prefetchQuery(categoriesQuery);
  },
  component: lazyRouteComponent(
    connected(() => import('./pages/product-list-page.tsx')),
    'ProductListPage',
  ),
});

const product = createRoute({
  getParentRoute: () => root,
  path: '/products/$id',
  loader: ({ context: { queries }, params: { id } }) => void queries.prefetchQuery(productQuery(id)),
  component: lazyRouteComponent(
    buying(() => import('./pages/product-page.tsx')),
    'ProductPage',
  ),
});

const cart = createRoute({
  getParentRoute: () => root,
  path: '/cart',
  component: lazyRouteComponent(
    buying(() => import('./pages/cart-page.tsx')),
    'CartPage',
  ),
});

const checkout = createRoute({
  getParentRoute: () => root,
  path: '/checkout',
  component: lazyRouteComponent(
    buying(() => import('./pages/checkout-page.tsx')),
    'CheckoutPage',
  ),
});

const entrySearch = ({ to }: Record<string, unknown>): { readonly to?: string } => (to === '/checkout' ? { to } : {});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: entrySearch,
  component: lazyRouteComponent(
    buying(() => import('./pages/sign-in-page.tsx')),
    'SignInPage',
  ),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: entrySearch,
  component: lazyRouteComponent(
    buying(() => import('./pages/sign-in-page.tsx')),
    'SignUpPage',
  ),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(
    buying(() => import('./pages/account-page.tsx')),
    'AccountPage',
  ),
});

const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot',
  component: lazyRouteComponent(
    buying(() => import('./pages/forgot-page.tsx')),
    'ForgotPage',
  ),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: lazyRouteComponent(
    buying(() => import('./pages/reset-page.tsx')),
    'ResetPage',
  ),
});

const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  component: lazyRouteComponent(
    buying(() => import('./pages/verify-page.tsx')),
    'VerifyPage',
  ),
});

const unsubscribe = createRoute({
  getParentRoute: () => root,
  path: '/unsubscribe',
  component: lazyRouteComponent(
    buying(() => import('./pages/unsubscribe-page.tsx')),
    'UnsubscribePage',
  ),
});

/** The order that a question is about. */
const chatSearch = ({ about }: Record<string, unknown>): { readonly about?: string } =>
  typeof about === 'string' && /^ord_[0-9a-z]{26}$/.test(about) ? { about } : {};

const chat = createRoute({
  getParentRoute: () => root,
  path: '/chat',
  validateSearch: chatSearch,
  component: lazyRouteComponent(
    buying(() => import('./pages/chat-page.tsx')),
    'ChatPage',
  ),
});

const order = createRoute({
  getParentRoute: () => root,
  path: '/orders/$id',
  loader: ({ context: { queries }, params: { id } }) => void queries.prefetchQuery(orderQuery(id)),
  component: lazyRouteComponent(
    buying(() => import('./pages/order-page.tsx')),
    'OrderPage',
  ),
});

/** The router of this page, or one that goes by the `history` of pages that are drawn ahead. */
export const createShopRouter = (queries: QueryClient, history?: RouterHistory) =>
  createRouter({
    ...(history && { history }),
    routeTree: root.addChildren([
      home,
      products,
      product,
      cart,
      checkout,
      order,
      signIn,
      signUp,
      forgot,
      reset,
      verify,
      unsubscribe,
      account,
      chat,
    ]),
    context: { queries },
    defaultPreload: 'intent',
    // Query knows what is fresh; the router asks each time.
    defaultPreloadStaleTime: 0,
    scrollRestoration: history === undefined,
    defaultErrorComponent: Broken,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createShopRouter>;
  }
}
