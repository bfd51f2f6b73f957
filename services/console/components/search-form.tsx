export type SearchFormProps = {
  readonly label: string;
  readonly placeholder?: string;
  readonly maxLength: number;
  readonly defaultValue?: string;
  /** Called with what was typed, without spaces around it; it may be empty. */
  readonly onSearch: (text: string) => void;
};

/** One field and a button that looks for what is in it. */
export const SearchForm = ({ label, onSearch, defaultValue, ...input }: SearchFormProps) => (
  <search>
    <form
      key={defaultValue}
      className="find"
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(String(new FormData(event.currentTarget).get('text') ?? '').trim());
      }}
    >
      <label>
        <span>{label}</span>
        <input name="text" defaultValue={defaultValue} autoComplete="off" spellCheck={false} dir="auto" {...input} />
      </label>
      <button type="submit" className="button quiet">
        Find
      </button>
    </form>
  </search>
);
