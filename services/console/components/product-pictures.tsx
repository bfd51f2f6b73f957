import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Product } from '../../contracts/http/catalogue/product-api.ts';
import type { ProductImage } from '../../contracts/http/catalogue/product-image-api.ts';
import { Field } from '../../site-kit/components/field.tsx';
import { SiteForm, textOf } from '../../site-kit/components/site-form.tsx';
import '../styles/pictures.css';
import { acceptedTypes, sendPicture } from '../api/send-picture.ts';
import { shop } from '../api/shop.ts';
import { productQuery } from '../api/stock-queries.ts';
import { Act } from './act.tsx';
import { Empty } from './empty.tsx';
import { Refusal } from './refusal.tsx';

const longestAlt = 300;
const mostPictures = 8;

const AltField = ({ alt = '' }: { readonly alt?: string }) => (
  <Field
    label="What it shows, for those who do not see it"
    name="alt"
    autoComplete="off"
    maxLength={longestAlt}
    defaultValue={alt}
    isRequired
  />
);

const AddPicture = ({ id, onDone }: { readonly id: string; readonly onDone: (product: Product) => void }) => {
  const [share, setShare] = useState(0);
  // A new key is an empty form.
  const [round, setRound] = useState(0);
  const add = useMutation({
    mutationFn: (data: FormData) =>
      sendPicture({ id, file: data.get('file') as File, alt: textOf(data, 'alt') ?? '' }, setShare),
    onMutate: () => setShare(0),
    onSuccess: (product) => {
      onDone(product);
      setRound(round + 1);
    },
  });
  const isRefused = add.error && !('code' in add.error);
  return (
    <div key={round} className="add-picture">
      <SiteForm problem={add.error} onSend={(data) => add.isPending || add.mutate(data)}>
        <label className="field">
          <span>A JPEG, PNG or WebP</span>
          <input type="file" name="file" accept={acceptedTypes} required />
        </label>
        <AltField />
        <p>
          <button type="submit" className="button" aria-disabled={add.isPending}>
            Add picture
          </button>
        </p>
        {add.isPending && <progress value={share} aria-label="Sent so far" />}
        {isRefused ? (
          <p className="notice bad" role="alert">
            {add.error.message}
          </p>
        ) : (
          <Refusal problem={add.error} />
        )}
      </SiteForm>
    </div>
  );
};

const placed = ({ name, alt }: ProductImage) => ({ name, alt });

/** The pictures of a product: added, described, put into order and removed. */
export const ProductPictures = ({ product }: { readonly product: Product }) => {
  const { id, images, version } = product;
  const queries = useQueryClient();
  const onDone = (changed: Product) => queries.setQueryData(productQuery(id).queryKey, changed);
  const arrange = async (list: readonly ProductImage[]) =>
    (await shop()).products.arrangeImages({ params: { id }, body: { images: list.map(placed), version } });
  const move = useMutation({ mutationFn: arrange, onSuccess: onDone });
  return (
    <section>
      <h2>Pictures</h2>
      {images.length === 0 && (
        <Empty title="The shop shows a drawn poster" text="A picture that is added here takes its place." />
      )}
      <ol className="product-pictures">
        {images.map((image, at) => (
          <li key={image.name}>
            <img
              src={`${image.url}&width=300`}
              alt={image.alt}
              width={120}
              height={180}
              loading="lazy"
              decoding="async"
            />
            <p dir="auto">{image.alt}</p>
            <div className="picture-acts">
              {at > 0 && (
                <button
                  type="button"
                  className="button quiet"
                  aria-disabled={move.isPending}
                  onClick={() =>
                    move.isPending || move.mutate([image, ...images.filter(({ name }) => name !== image.name)])
                  }
                >
                  Show first<span className="visually-hidden">: {image.alt}</span>
                </button>
              )}
              <Act
                name={`Describe picture ${at + 1}`}
                label="Describe"
                effects={['These words are read to those who do not see the picture.']}
                act={(form) =>
                  arrange(images.map((each) => (each === image ? { ...each, alt: textOf(form, 'alt') ?? '' } : each)))
                }
                onDone={onDone}
              >
                <AltField alt={image.alt} />
              </Act>
              <Act
                name={`Remove picture ${at + 1}`}
                label="Remove"
                isGrave
                effects={['The shop no longer shows it.', 'It can be added again from its file.']}
                act={async () => (await shop()).products.removeImage({ params: { id, name: image.name } })}
                onDone={() => queries.invalidateQueries({ queryKey: productQuery(id).queryKey })}
              />
            </div>
          </li>
        ))}
      </ol>
      <Refusal problem={move.error} />
      {images.length < mostPictures ? (
        <AddPicture id={id} onDone={onDone} />
      ) : (
        <p className="fine">{mostPictures} pictures are the most; remove one before another is added.</p>
      )}
    </section>
  );
};
