import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Address } from '../../../contracts/http/postal-address.ts';
import { PostalLines } from '../../../site-kit/components/postal-lines.tsx';
import { addressesQuery } from '../../api/queries.ts';
import { useBuyingMessages } from '../../messages/language.tsx';
import { AddressFields, addressOf } from '../address-fields.tsx';

const field = 'saved-address';
const another = 'another';

/** The address of an order from a form with {@link AddressChoice}: a kept one as it is, or the one that was typed. */
export const chosenAddress = (form: FormData, kept: readonly { id: string; address: Address }[]): Address =>
  kept.find(({ id }) => id === form.get(field))?.address ?? addressOf(form, 'shippingAddress');

type ChoiceProps = { readonly value: string; readonly isChosen: boolean; readonly onChoose: (value: string) => void };

const Choice = ({ value, isChosen, onChoose, children }: ChoiceProps & { readonly children: ReactNode }) => (
  <label className="card-choice">
    <input type="radio" name={field} value={value} checked={isChosen} onChange={() => onChoose(value)} />
    <span className="address-lines">{children}</span>
  </label>
);

/** Where an order goes: one of the addresses that the account keeps, the default first, or another one. */
export const AddressChoice = ({ isCustomer }: { readonly isCustomer: boolean }) => {
  const { address: messages } = useBuyingMessages();
  const { data } = useQuery({ ...addressesQuery, enabled: isCustomer });
  const kept = (isCustomer && data?.items) || [];
  const [wanted, choose] = useState<string>();
  const chosen = wanted ?? kept[0]?.id ?? another;
  if (kept.length === 0) return <AddressFields prefix="shippingAddress" />;
  return (
    <>
      <div className="cards">
        {kept.map(({ id, address }) => (
          <Choice key={id} value={id} isChosen={chosen === id} onChoose={choose}>
            <PostalLines address={address} />
          </Choice>
        ))}
        <Choice value={another} isChosen={chosen === another} onChoose={choose}>
          {messages.another}
        </Choice>
      </div>
      {chosen === another && <AddressFields prefix="shippingAddress" />}
    </>
  );
};
