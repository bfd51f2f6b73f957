import type { Address } from '../../contracts/http/postal-address.ts';
import { useFormats } from '../messages/site-words.tsx';

/** An address as it is written on a parcel, a line each. */
export const PostalLines = ({ address }: { readonly address: Address }) => {
  const { country: nameOf } = useFormats();
  const { name, street, line2, zip, city, state, country } = address;
  const place = [zip, city, state].filter(Boolean).join(' ');
  return (
    <>
      {[name, street, line2, place, nameOf(country)].filter(Boolean).map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two lines may say the same, and none has anything to keep
        <span key={at} dir="auto">
          {line}
        </span>
      ))}
    </>
  );
};
