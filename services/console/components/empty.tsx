import type { ReactNode } from 'react';

export type EmptyProps = { readonly title: string; readonly text: string; readonly children?: ReactNode };

/** A list without rows, below the heading of its page. */
export const Empty = ({ title, text, children }: EmptyProps) => (
  <section className="panel empty">
    <h2>{title}</h2>
    <p>{text}</p>
    {children && <div className="panel-actions">{children}</div>}
  </section>
);
