import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useFocusOnNavigation } from '../../site-kit/components/focus-on-navigation.ts';
import { Admitted } from './admitted.tsx';
import {
  ActsIcon,
  BooksIcon,
  LettersIcon,
  MapIcon,
  OrdersIcon,
  PipelinesIcon,
  StaffIcon,
  StockIcon,
} from './icons.tsx';
import { SignOut } from './sign-out.tsx';

/** The pages of the console, in the order of its menu. */
const places: readonly {
  readonly to: '/orders' | '/stock' | '/books' | '/map' | '/pipelines' | '/dead-letters' | '/acts' | '/staff';
  readonly name: string;
  readonly icon: ReactNode;
}[] = [
  { to: '/orders', name: 'Orders', icon: <OrdersIcon /> },
  { to: '/stock', name: 'Stock', icon: <StockIcon /> },
  { to: '/books', name: 'Books', icon: <BooksIcon /> },
  { to: '/map', name: 'Map', icon: <MapIcon /> },
  { to: '/pipelines', name: 'Pipelines', icon: <PipelinesIcon /> },
  { to: '/dead-letters', name: 'Dead letters', icon: <LettersIcon /> },
  { to: '/acts', name: 'Acts', icon: <ActsIcon /> },
  { to: '/staff', name: 'Staff', icon: <StaffIcon /> },
];

const Logo = () => (
  <Link to="/" className="logo">
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--ink)" />
      <path d="M8 22v-6m5 6V10m5 12v-9m5 9v-4" stroke="var(--mark)" strokeWidth="3" strokeLinecap="round" fill="none" />
    </svg>
    CloudMart <span className="logo-what">console</span>
  </Link>
);

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
        <Admitted>
          <nav className="menu" aria-label="Console">
            {places.map(({ to, name, icon }) => (
              <Link key={to} to={to}>
                {icon}
                {name}
              </Link>
            ))}
          </nav>
          <div className="place">
            <Outlet />
          </div>
        </Admitted>
      </main>
    </>
  );
};
