import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { SiteForm } from '../../site-kit/components/site-form.tsx';
import { useHeldPage } from './held-page.ts';
import { Refusal } from './refusal.tsx';

export type Rehearsal = {
  /** What would be done, a sentence each. */
  readonly words: readonly string[];
  /** Whether there is anything to do. */
  readonly isWorthDoing: boolean;
};

export type RehearsedActProps = {
  /** Imperative; names the question and the button that does it. */
  readonly name: string;
  readonly effects: readonly string[];
  readonly children?: ReactNode;
  /** The dry run. */
  readonly rehearse: (form: FormData) => Promise<Rehearsal>;
  /** Does what was rehearsed with the same form; resolves to what came of it, in a sentence. */
  readonly act: (form: FormData) => Promise<string>;
  /** Called once it is done and was read. */
  readonly onDone: () => unknown;
};

/** A button whose act is first rehearsed by the shop itself: what it would do is read before it is done. */
export const RehearsedAct = ({ name, effects, children, rehearse, act, onDone }: RehearsedActProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [round, setRound] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  useHeldPage(isOpen);
  const dry = useMutation({ mutationFn: rehearse });
  const real = useMutation({ mutationFn: act });
  const open = () => {
    dry.reset();
    real.reset();
    setRound((last) => last + 1);
    setIsOpen(true);
    dialog.current?.showModal();
  };
  const isBusy = dry.isPending || real.isPending;
  const mayAct = dry.data?.isWorthDoing === true;
  return (
    <>
      <button type="button" className="button quiet" onClick={open}>
        {name}
      </button>
      {/* What came of it is read before the page below, which may have no place for this question then, is asked anew. */}
      <dialog
        ref={dialog}
        className="question"
        aria-label={name}
        onClose={() => {
          setIsOpen(false);
          if (real.data !== undefined) void onDone();
        }}
      >
        {/* What was rehearsed is what was written then: another reason, or another choice, is rehearsed again. */}
        <div key={round} className="question-inner" onInput={() => dry.reset()}>
          <h2>{name}</h2>
          <ul className="effects">
            {effects.map((effect) => (
              <li key={effect}>{effect}</li>
            ))}
          </ul>
          {real.data === undefined ? (
            <SiteForm
              problem={real.error ?? dry.error}
              onSend={(form) => {
                if (isBusy) return;
                if (mayAct) real.mutate(form);
                else dry.mutate(form);
              }}
            >
              {children}
              {dry.data && (
                <div className="notice" role="status">
                  <ul className="effects">
                    {dry.data.words.map((word) => (
                      <li key={word}>{word}</li>
                    ))}
                  </ul>
                </div>
              )}
              <Refusal problem={real.error ?? dry.error} />
              <p className="question-answers">
                <button type="submit" className="button" aria-disabled={isBusy}>
                  {mayAct ? name : 'Show what it would do'}
                </button>
                <button type="button" className="button quiet" onClick={() => dialog.current?.close()}>
                  Leave it
                </button>
              </p>
            </SiteForm>
          ) : (
            <>
              <p className="notice good" role="status">
                {real.data}
              </p>
              <p className="question-answers">
                <button type="button" className="button" onClick={() => dialog.current?.close()}>
                  Good
                </button>
              </p>
            </>
          )}
        </div>
      </dialog>
    </>
  );
};
