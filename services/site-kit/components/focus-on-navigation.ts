import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/** Puts the reader at the beginning of a page that was opened by a link, as loading it anew would; the ref is for its `main`. */
export const useFocusOnNavigation = () => {
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
};
