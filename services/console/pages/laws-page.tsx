import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { LawsAnswer, LawVerdict } from '../../contracts/http/operations/laws-doors.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { lawsQuery } from '../api/law-queries.ts';
import { operations } from '../api/operations.ts';
import { Act } from '../components/act.tsx';
import { Empty } from '../components/empty.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const CheckLaws = () => {
  const queries = useQueryClient();
  return (
    <Act
      name="Check the laws"
      effects={[
        'The databases of orders, products and payments are read for at most half a minute; nothing in them is changed, and customers notice nothing.',
        'What is found stands here for everybody, and in the acts that you asked.',
      ]}
      act={async () => (await operations()).checkLaws({})}
      onDone={(answer) => queries.setQueryData(lawsQuery.queryKey, answer)}
    />
  );
};

const words: Readonly<Record<LawVerdict['state'], readonly [tone: string, words: string]>> = {
  holds: ['good', 'holds'],
  broken: ['bad', 'broken'],
  unchecked: ['warn', 'not checked'],
};

const Found = ({ verdict: { violations, named, note } }: { readonly verdict: LawVerdict }) => {
  const { number } = useFormats();
  const more = violations - named.length;
  return (
    <>
      {named.length > 0 && (
        <ul className="effects">
          {named.map(({ subject, detail }) => (
            <li key={`${subject} ${detail}`}>
              <span className="id">{subject}</span> {detail}
            </li>
          ))}
          {more > 0 && <li>and {number(more)} more</li>}
        </ul>
      )}
      {note !== null && <span className="fine">{note}</span>}
    </>
  );
};

const Checked = ({ answer: { laws, checkedAt, checkedBy } }: { readonly answer: LawsAnswer }) => {
  const { date, number } = useFormats();
  if (checkedAt === null)
    return (
      <Empty title="Nobody has asked yet" text="Check the laws to see whether orders, stock and money keep them." />
    );
  return (
    <>
      <p>
        Checked <time dateTime={checkedAt}>{date(checkedAt)}</time> for <span className="id">{checkedBy}</span>. What a
        broken law means and what to do is in docs/laws.md, by its number.
      </p>
      <Table label="Laws" columns={['Law', 'State', { name: 'Looked at', isNumber: true }, 'Found']}>
        {laws.map((verdict) => {
          const [tone, state] = words[verdict.state];
          return (
            <tr key={verdict.id}>
              <th scope="row">
                {verdict.id}: {verdict.sentence}
              </th>
              <td>
                <span className={`state ${tone}`}>{state}</span>
              </td>
              <td className="number">{verdict.checked === null ? 'nothing' : number(verdict.checked)}</td>
              <td>
                <Found verdict={verdict} />
              </td>
            </tr>
          );
        })}
      </Table>
    </>
  );
};

/** What must be true of the data, whether it was when somebody asked last, and who asks what cannot be asked here. */
export const LawsPage = () => {
  const query = useQuery(lawsQuery);
  return (
    <>
      <PageTitle text="Laws" />
      <header className="page-head">
        <div>
          <h1>Laws</h1>
          <p className="fine">What must be true of orders, stock and money, whatever crashed on the way.</p>
        </div>
        <CheckLaws />
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {(answer) => (
          <>
            {answer.isUnderWay && (
              <p className="notice" role="status">
                A check is under way.
              </p>
            )}
            <Checked answer={answer} />
            <h2>Asked elsewhere</h2>
            <Table label="Laws that are asked elsewhere" columns={['Law', 'Why, and where']}>
              {answer.elsewhere.map(({ id, sentence, elsewhere }) => (
                <tr key={id}>
                  <th scope="row">
                    {id}: {sentence}
                  </th>
                  <td>{elsewhere}</td>
                </tr>
              ))}
            </Table>
          </>
        )}
      </Await>
    </>
  );
};
