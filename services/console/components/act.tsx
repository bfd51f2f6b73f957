import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { SiteForm } from '../../site-kit/components/site-form.tsx';
import { useHeldPage } from './held-page.ts';
import { Refusal } from './refusal.tsx';

export type ActProps<Result> = {
  /** Imperative, such as "Cancel order"; names the question and the button that does it. */
  readonly name: string;
  /** On the button that asks, where a shorter word says enough beside what it is about; default the name. */
  readonly label?: string;
  /** What it will do, a sentence each. */
  readonly effects: readonly ReactNode[];
  /** Fields that are asked for. */
  readonly children?: ReactNode;
  /** Does it; `key` stays the same while the question is open, so that asking twice does it once. */
  readonly act: (form: FormData, key: string) => Promise<Result>;
  /** Called with the answer, once it is done. */
  readonly onDone: (result: Result) => unknown;
  /** Whether it takes something away; default false. */
  readonly isGrave?: boolean;
};

/** A button that does nothing before it has said what it will do and was answered. */
export const Act = <Result,>({ name, label, effects, children, act, onDone, isGrave = false }: ActProps<Result>) => {
  const dialog = useRef<HTMLDialogElement>(null);
  // Set while the question is open. A new key is a new question: nothing of the last, neither text nor refusal, is left.
  const [key, setKey] = useState<string>();
  useHeldPage(key !== undefined);
  const ask = useMutation({
    mutationFn: (form: FormData) => act(form, key ?? ''),
    onSuccess: async (result) => {
      await onDone(result);
      dialog.current?.close();
    },
  });
  const open = () => {
    ask.reset();
    setKey(crypto.randomUUID());
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className={isGrave ? 'button quiet grave' : 'button quiet'} onClick={open}>
        {label === undefined ? name : <span aria-hidden="true">{label}</span>}
        {label !== undefined && <span className="visually-hidden">{name}</span>}
      </button>
      <dialog ref={dialog} className="question" aria-label={name} onClose={() => setKey(undefined)}>
        <div key={key} className="question-inner">
          <h2>{name}</h2>
          <ul className="effects">
            {effects.map((effect, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: sentences that have nothing to keep
              <li key={at}>{effect}</li>
            ))}
          </ul>
          <SiteForm problem={ask.error} onSend={(form) => ask.isPending || ask.mutate(form)}>
            {children}
            <Refusal problem={ask.error} />
            <p className="question-answers">
              <button type="submit" className={isGrave ? 'button grave' : 'button'} aria-disabled={ask.isPending}>
                {name}
              </button>
              <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
                Leave it
              </button>
            </p>
          </SiteForm>
        </div>
      </dialog>
    </>
  );
};
