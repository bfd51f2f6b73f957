import { useNavigate, useRouterState } from '@tanstack/react-router';
import { type ComponentType, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useMessages } from '../../messages/language.tsx';
import { SearchIcon } from '../icons.tsx';
import type { SearchBoxProps } from './search-box.tsx';

/** Where one types what to look for. Suggestions come once somebody is about to type: the first page does without their script. */
export const SearchForm = () => {
  const { search } = useMessages();
  const navigate = useNavigate();
  const [box, setBox] = useState<Pick<SearchBoxProps, 'before'> & { readonly Box: ComponentType<SearchBoxProps> }>();
  const asked = useRouterState({
    select: ({ location }) =>
      location.pathname === '/products' ? String((location.search as { q?: string }).q ?? '') : '',
  });
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (field.current) field.current.value = asked;
  }, [asked]);
  const suggest = async () => {
    // Without its script, which a lost connection may keep away, the field is one without suggestions.
    const read = await import('./search-box.tsx').catch(() => undefined);
    const plain = field.current;
    if (!read || !plain) return;
    const { value, selectionStart, selectionEnd } = plain;
    const end = value.length;
    const selection =
      document.activeElement === plain ? ([selectionStart ?? end, selectionEnd ?? end] as const) : undefined;
    flushSync(() => setBox({ Box: read.SearchBox, before: { text: value, selection } }));
  };
  return (
    <search className="search">
      <form
        action="/products"
        onSubmit={(event) => {
          event.preventDefault();
          const q = String(new FormData(event.currentTarget).get('q') ?? '').trim();
          void navigate({ to: '/products', search: q === '' ? {} : { q } });
        }}
      >
        <SearchIcon />
        {box ? (
          <box.Box asked={asked} before={box.before} />
        ) : (
          <input
            ref={field}
            type="search"
            name="q"
            defaultValue={asked}
            maxLength={100}
            placeholder={search.placeholder}
            aria-label={search.label}
            autoComplete="off"
            dir="auto"
            onPointerEnter={() => void suggest()}
            onFocus={() => void suggest()}
          />
        )}
        <button type="submit" className="visually-hidden">
          {search.submit}
        </button>
      </form>
    </search>
  );
};
