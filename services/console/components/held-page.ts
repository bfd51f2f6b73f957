import { focusManager } from '@tanstack/react-query';
import { useEffect } from 'react';

/**
 * Holds the page still while a question is open: nothing is asked anew by itself, for what others did meanwhile could take
 * away the row or the button that the question belongs to, and the question with it. Whoever answers too late reads why
 * from the shop, which decides anew; the page catches up when the question closes.
 *
 * @param isOpen Whether the question is open. A question is modal, so there is one at a time.
 */
export const useHeldPage = (isOpen: boolean): void =>
  useEffect(() => {
    if (!isOpen) return;
    focusManager.setFocused(false);
    return () => focusManager.setFocused(undefined);
  }, [isOpen]);
