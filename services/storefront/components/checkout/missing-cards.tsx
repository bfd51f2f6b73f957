import type { Money } from '../../../contracts/http/values.ts';
import { useBuyingMessages } from '../../messages/language.tsx';

/** What a card form gave: a token for the card, or why it gives none, in the reader's words; that may be said in the form already. */
export type GivenCard = { readonly token: string } | { readonly refused: string | undefined };
export type TokenOf = (form: FormData) => Promise<GivenCard>;

export type CardFieldsProps = {
  /** What is to be paid; a form of the provider's wants to know. */
  readonly total: Money | null;
  /** Told how to come by a token, once that is possible, and null while it is not. */
  readonly onReady: (tokenOf: TokenOf | null) => void;
};

/** Instead of a card form that did not load. */
export const MissingCards = ({ retry }: { readonly retry: () => void }) => {
  const { checkout } = useBuyingMessages();
  return (
    <div className="notice bad" role="alert">
      <p>
        <strong>{checkout.cardMissing}</strong>
      </p>
      <p>{checkout.cardMissingText}</p>
      <p className="panel-actions">
        <button type="button" className="button quiet" onClick={retry}>
          {checkout.cardAgain}
        </button>
      </p>
    </div>
  );
};
