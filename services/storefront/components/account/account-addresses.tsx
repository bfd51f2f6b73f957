import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SavedAddress } from '../../../contracts/http/accounts/auth-api.ts';
import { PostalLines } from '../../../site-kit/components/postal-lines.tsx';
import { SiteForm } from '../../../site-kit/components/site-form.tsx';
import { Await } from '../../../site-kit/components/states.tsx';
import { useAddAddress, useDefaultAddress, useRemoveAddress } from '../../api/account.ts';
import { addressesQuery } from '../../api/queries.ts';
import { useBuyingMessages } from '../../messages/language.tsx';
import { AddressFields, addressOf } from '../address-fields.tsx';
import { ProblemNotice } from '../problem-notice.tsx';

const Kept = ({ kept: { id, address, isDefault } }: { readonly kept: SavedAddress }) => {
  const { address: messages } = useBuyingMessages();
  const prefer = useDefaultAddress();
  const remove = useRemoveAddress();
  const isBusy = prefer.isPending || remove.isPending;
  return (
    <li className="kept-address">
      <address>
        <PostalLines address={address} />
      </address>
      <div className="line-actions">
        {isDefault ? (
          <span className="tag">{messages.isDefault}</span>
        ) : (
          <button type="button" className="text-button" onClick={() => isBusy || prefer.mutate(id)}>
            {messages.makeDefault}
            <span className="visually-hidden"> {address.street}</span>
          </button>
        )}
        <button type="button" className="text-button" onClick={() => isBusy || remove.mutate(id)}>
          {messages.remove}
          <span className="visually-hidden"> {address.street}</span>
        </button>
      </div>
      <ProblemNotice problem={prefer.error ?? remove.error} />
    </li>
  );
};

const NewAddress = ({ onDone }: { readonly onDone: () => void }) => {
  const { address: messages } = useBuyingMessages();
  const add = useAddAddress();
  return (
    <SiteForm
      problem={add.error}
      onSend={(form) => add.isPending || add.mutate(addressOf(form, 'address'), { onSuccess: onDone })}
    >
      <fieldset>
        <legend>{messages.another}</legend>
        <AddressFields prefix="address" />
      </fieldset>
      <ProblemNotice problem={add.error} />
      <p className="line-actions">
        <button type="submit" className="button" aria-disabled={add.isPending}>
          {messages.keep}
        </button>
        <button type="button" className="text-button" onClick={onDone}>
          {messages.keepNot}
        </button>
      </p>
    </SiteForm>
  );
};

/** The addresses that the account keeps. */
export const AccountAddresses = () => {
  const { address: messages } = useBuyingMessages();
  const query = useQuery(addressesQuery);
  const [isAdding, setAdding] = useState(false);
  return (
    <section className="account-part">
      <h2>{messages.title}</h2>
      <Await query={query} skeleton={<span className="skeleton block" />}>
        {({ items }) => (
          <>
            {items.length === 0 && !isAdding && <p className="fine">{messages.none}</p>}
            <ul className="kept-addresses">
              {items.map((kept) => (
                <Kept key={kept.id} kept={kept} />
              ))}
            </ul>
          </>
        )}
      </Await>
      {isAdding ? (
        <NewAddress onDone={() => setAdding(false)} />
      ) : (
        <button type="button" className="button quiet" onClick={() => setAdding(true)}>
          {messages.add}
        </button>
      )}
    </section>
  );
};
