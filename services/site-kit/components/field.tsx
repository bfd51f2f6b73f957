/** Fields of forms: label, input and what is wrong with it, said to those who see it and to those who hear it. */
import type { HTMLInputAutoCompleteAttribute, ReactNode } from 'react';
import { FieldError, Input, Label, TextField } from 'react-aria-components';

export type FieldProps = {
  readonly label: string;
  /** Path of the value in the body of the request, such as `shippingAddress.street`; the API names what it refuses so. */
  readonly name: string;
  readonly type?: 'text' | 'email' | 'password' | 'datetime-local';
  readonly autoComplete: HTMLInputAutoCompleteAttribute;
  readonly isRequired?: boolean;
  readonly maxLength: number;
  readonly minLength?: number;
  readonly defaultValue?: string;
  /** What is wrong with a text, as a sentence; undefined: nothing. */
  readonly validate?: (text: string) => string | undefined;
  /** How much of a row it takes: all of it by default. */
  readonly width?: 'half';
  /** A sentence below the field. */
  readonly description?: ReactNode;
};

/** One line of text. */
export const Field = ({ label, width, type = 'text', description, ...rest }: FieldProps) => (
  <TextField className={width === 'half' ? 'field half' : 'field'} type={type} {...rest}>
    <Label>{label}</Label>
    <Input dir={type === 'text' ? 'auto' : undefined} />
    {description}
    <FieldError className="field-error" />
  </TextField>
);
