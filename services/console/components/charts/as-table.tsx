import { type ReactNode, useState } from 'react';

/** The table that a picture was drawn from; made when somebody opens it. */
export const AsTable = ({ about, children }: { readonly about: string; readonly children: () => ReactNode }) => {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="as-table" onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        As a table<span className="visually-hidden">: {about}</span>
      </summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is longer than its place is moved by the keyboard, too
        <section aria-label={about} tabIndex={0}>
          {children()}
        </section>
      )}
    </details>
  );
};
