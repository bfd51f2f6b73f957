import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { siteSettings } from '../../site-kit/api/reader.ts';
import { useFocusOnNavigation } from '../../site-kit/components/focus-on-navigation.ts';
import { OfflineNotice } from '../../site-kit/components/offline-notice.tsx';
import { Admitted } from './admitted.tsx';
import {
  ActsIcon,
  AnalyticsIcon,
  BooksIcon,
  CacheIcon,
  DatabasesIcon,
  IncidentsIcon,
  LagIcon,
  LawsIcon,
  LettersIcon,
  MaintenanceIcon,
  MapIcon,
  OrdersIcon,
  PipelinesIcon,
  StaffIcon,
  StockIcon,
} from './icons.tsx';
import { SignOut } from './sign-out.tsx';

/** The pages of the console, in the order of its menu. */
const places = [
  { to: '/orders', name: 'Orders', icon: <OrdersIcon /> },
  { to: '/stock', name: 'Stock', icon: <StockIcon /> },
  { to: '/books', name: 'Books', icon: <BooksIcon /> },
  { to: '/laws', name: 'Laws', icon: <LawsIcon /> },
  { to: '/analytics', name: 'Analytics', icon: <AnalyticsIcon /> },
  { to: '/map', name: 'Map', icon: <MapIcon /> },
  { to: '/pipelines', name: 'Pipelines', icon: <PipelinesIcon /> },
  { to: '/lag', name: 'Lag', icon: <LagIcon /> },
  { to: '/dead-letters', name: 'Dead letters', icon: <LettersIcon /> },
  { to: '/incidents', name: 'Incidents', icon: <IncidentsIcon /> },
  { to: '/maintenance', name: 'Maintenance', icon: <MaintenanceIcon /> },
  { to: '/databases', name: 'Databases', icon: <DatabasesIcon /> },
  { to: '/cache', name: 'Cache', icon: <CacheIcon /> },
  { to: '/acts', name: 'Acts', icon: <ActsIcon /> },
  { to: '/staff', name: 'Staff', icon: <StaffIcon /> },
] as const;

const Logo = () => (
  <Link to="/" className="logo">
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--ink)" />
      <path d="M8 22v-6m5 6V10m5 12v-9m5 9v-4" stroke="var(--mark)" strokeWidth="3" strokeLinecap="round" fill="none" />
    </svg>
    CloudMart <span className="logo-what">console</span>
  </Link>
);

/** The way to the mails that a shop on this machine sent; nothing anywhere else. */
const Mailbox = () => {
  const { data } = useQuery({ queryKey: ['settings'], queryFn: siteSettings, staleTime: Number.POSITIVE_INFINITY });
  if (data?.mailbox === undefined) return null;
  return (
    <a href={data.mailbox} target="_blank" rel="noreferrer">
      <LettersIcon />
      Mailbox<span className="visually-hidden"> (a window of its own)</span>
    </a>
  );
};

/** The pages to choose from; where they stand side by side, the one that is shown is moved into sight. */
const Menu = () => {
  const menu = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another link
  useEffect(() => {
    const here = menu.current?.querySelector<HTMLElement>('[aria-current="page"]');
    if (here) menu.current?.scrollTo({ left: here.offsetLeft - (menu.current.clientWidth - here.offsetWidth) / 2 });
  }, [pathname]);
  return (
    <nav ref={menu} className="menu" aria-label="Console">
      {places.map(({ to, name, icon }) => (
        <Link key={to} to={to}>
          {icon}
          {name}
        </Link>
      ))}
      <Mailbox />
    </nav>
  );
};

/** What stands around every page, once its reader may see it. */
export const Layout = () => {
  const main = useFocusOnNavigation();
  return (
    <>
      <a href="#main" className="skip">
        Skip to content
      </a>
      <header className="top">
        <div className="top-inner">
          <Logo />
          <SignOut />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <OfflineNotice />
        <Admitted>
          <Menu />
          <div className="place">
            <Outlet />
          </div>
        </Admitted>
      </main>
    </>
  );
};
