import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Autocomplete, Input, ListBox, ListBoxItem, TextField } from 'react-aria-components';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { suggestionsQuery } from '../../api/queries.ts';
import { useMessages } from '../../messages/language.tsx';
import { Poster } from './poster.tsx';

/** Milliseconds without another letter, after which it is worth asking. */
const pauseMs = 150;
/** Letters below which everything would be suggested. */
const fewestLetters = 2;

/** A text once it has stood still. */
const useSettled = (text: string): string => {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
};

export type SearchBoxProps = {
  /** What the page that is shown was searched for. */
  readonly asked: string;
  /**
   * The field that this one takes the place of: what was typed into it stays, and so does who is typing, with what they
   * have selected, as the first and the last place in the text. Without focus there is no selection.
   */
  readonly before: { readonly text: string; readonly selection?: readonly [number, number] };
};

/** The field of the search with suggestions below it: products whose titles begin so, or hold the words. */
export const SearchBox = ({ asked, before }: SearchBoxProps) => {
  const { search, products } = useMessages();
  const { money } = useFormats();
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(before.text);
  const [hasFocus, setFocus] = useState(before.selection !== undefined);
  const [isDismissed, setDismissed] = useState(false);
  useLayoutEffect(() => {
    const input = field.current;
    if (!before.selection || !input) return;
    input.focus();
    input.setSelectionRange(...before.selection);
  }, [before]);
  const shown = useRef(asked);
  useEffect(() => {
    if (shown.current === asked) return;
    shown.current = asked;
    setText(asked);
  }, [asked]);

  const wanted = useSettled(text.trim());
  const isEnough = hasFocus && wanted.length >= fewestLetters;
  const { data } = useQuery({ ...suggestionsQuery(wanted), enabled: isEnough });
  const items = (isEnough && !isDismissed && data?.items) || [];
  const isOpen = items.length > 0;
  return (
    <Autocomplete
      inputValue={text}
      onInputChange={(typed) => {
        setText(typed);
        setDismissed(false);
      }}
      disableAutoFocusFirst
    >
      <TextField
        aria-label={search.label}
        name="q"
        type="search"
        maxLength={100}
        // Moving through the list tells of a focus that only looks like one; the browser's own is what counts.
        onFocus={({ isTrusted }) => isTrusted && setFocus(true)}
        onBlur={({ isTrusted }) => isTrusted && setFocus(false)}
        onKeyDown={(event) => {
          // With a suggestion in focus, Enter opens that one, and the list stays until it has.
          if (event.key === 'Enter' && !field.current?.hasAttribute('aria-activedescendant')) setDismissed(true);
          else if (event.key === 'Escape' && isOpen) {
            // Once closes the list; the browser empties the field on the next.
            event.preventDefault();
            setDismissed(true);
          }
          event.continuePropagation();
        }}
      >
        <Input ref={field} role="combobox" aria-expanded={isOpen} placeholder={search.placeholder} dir="auto" />
      </TextField>
      {isOpen && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the field keeps the focus while a suggestion is pressed
        <div className="suggestions" onMouseDown={(event) => event.preventDefault()}>
          <ListBox items={items} aria-label={search.suggestions}>
            {({ id, title, imageUrl, price }) => (
              <ListBoxItem
                textValue={title}
                className="suggestion"
                onAction={() => {
                  setDismissed(true);
                  void navigate({ to: '/products/$id', params: { id } });
                }}
              >
                <Poster title={title} imageUrl={imageUrl} isFirst />
                <span className="suggestion-title" dir="auto">
                  {title}
                </span>
                <span className="fine">{money(price)}</span>
              </ListBoxItem>
            )}
          </ListBox>
        </div>
      )}
      <p role="status" className="visually-hidden">
        {isOpen && search.suggested(products.count(items.length))}
      </p>
    </Autocomplete>
  );
};
