import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useReader } from '../../site-kit/api/session.ts';
import { useFocusOnNavigation } from '../../site-kit/components/focus-on-navigation.ts';
import { OfflineNotice } from '../../site-kit/components/offline-notice.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { cartQuery } from '../api/queries.ts';
import { type Language, languages, useLanguage, useMessages } from '../messages/language.tsx';
import { SessionEnd } from './account/session-end.tsx';
import { SearchForm } from './catalogue/search-form.tsx';
import { CartIcon, PersonIcon } from './icons.tsx';

const AccountLink = () => {
  const { shop } = useMessages();
  const reader = useReader();
  return (
    <Link to={reader ? '/account' : '/sign-in'} className="icon-link">
      <PersonIcon />
      <span className="visually-hidden">{reader ? shop.account : shop.signIn}</span>
    </Link>
  );
};

const CartLink = () => {
  const { shop } = useMessages();
  const { number } = useFormats();
  const { data } = useQuery(cartQuery);
  const units = data?.items.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0;
  return (
    <Link to="/cart" className="icon-link" aria-label={shop.cart(units)}>
      <CartIcon />
      {units > 0 && <span className="count">{number(units)}</span>}
    </Link>
  );
};

const LanguageChoice = () => {
  const { shop } = useMessages();
  const { language, speak } = useLanguage();
  return (
    <label>
      <span>{shop.language}</span>
      <select value={language} onChange={({ target }) => void speak(target.value as Language)}>
        {Object.entries(languages).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
};

/** What stands around every page. */
export const Layout = () => {
  const { shop } = useMessages();
  const main = useFocusOnNavigation();
  return (
    <>
      <a href="#main" className="skip">
        {shop.skip}
      </a>
      <header className="top">
        <div className="top-inner">
          <Link to="/" className="logo">
            <svg viewBox="0 0 32 32" aria-hidden="true">
              <rect width="32" height="32" rx="8" fill="var(--accent-fill)" />
              <path d="M12 9.5v13l11-6.5z" fill="var(--on-accent)" />
            </svg>
            {shop.name}
          </Link>
          <SearchForm />
          <nav className="top-links" aria-label={shop.menu}>
            <AccountLink />
            <CartLink />
          </nav>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <OfflineNotice />
        <Outlet />
        <SessionEnd />
      </main>
      <footer className="bottom">
        <div className="bottom-inner">
          <p>
            {shop.footer} <Link to="/chat">{shop.ask}</Link>
          </p>
          <LanguageChoice />
        </div>
      </footer>
    </>
  );
};
