import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Source } from '../../contracts/http/assistant-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { conversationQuery, isFull, type Turn, useConversation } from '../api/conversation.ts';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages } from '../messages/language.tsx';

const route = getRouteApi('/chat');

/** Characters of one question, as the door takes it (services/contracts/http/assistant-api.ts). */
const longestMessage = 1_000;

/** What an answer rests on; rules of the shop have no page of their own. */
const SourceLink = ({ source: { kind, id, title } }: { readonly source: Source }) => {
  if (kind === 'policy') return <span dir="auto">{title}</span>;
  return (
    <Link to={kind === 'product' ? '/products/$id' : '/orders/$id'} params={{ id }} dir="auto">
      {title}
    </Link>
  );
};

const Said = ({
  turn: { message, answer, sources },
  isWriting = false,
}: {
  readonly turn: Turn;
  readonly isWriting?: boolean;
}) => {
  const { chat } = useBuyingMessages();
  return (
    <li>
      <p className="said own" dir="auto">
        <span className="visually-hidden">{chat.you} </span>
        {message}
      </p>
      <div className="said" aria-busy={isWriting}>
        <p dir="auto">
          <span className="visually-hidden">{chat.assistant} </span>
          {answer || chat.writing}
        </p>
        {sources.length > 0 && (
          <ul className="said-sources">
            {sources.map((source) => (
              <li key={`${source.kind} ${source.id}`}>
                <SourceLink source={source} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
};

const Conversation = ({ turns }: { readonly turns: readonly Turn[] }) => {
  const { chat } = useBuyingMessages();
  const { about } = route.useSearch();
  const { asked, problem, ask, leave } = useConversation();
  const form = useRef<HTMLFormElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const heard = turns.length + (asked ? 1 : 0);
  useEffect(() => {
    if (heard > 0) end.current?.scrollIntoView({ block: 'nearest' });
  }, [heard]);
  const send = async (message: string) => {
    const field = form.current?.elements.namedItem('message');
    if (message === '' || asked !== null || !(field instanceof HTMLInputElement)) return;
    if (field.value.trim() === message) field.value = '';
    // What was refused stands there to be asked again, unless the next question does already.
    if (!(await ask(message)) && field.value === '') field.value = message;
  };
  return (
    <>
      <div role="log" aria-label={chat.title}>
        <ol className="conversation">
          <li>
            <p className="said">{chat.greeting}</p>
          </li>
          {turns.map((turn) => (
            <Said key={turn.at} turn={turn} />
          ))}
          {asked && <Said turn={asked} isWriting />}
        </ol>
      </div>
      {isFull(problem) ? (
        <div className="notice chat-full" role="alert">
          <p>{chat.full}</p>
          <button type="button" className="button quiet" onClick={leave}>
            {chat.startAnew}
          </button>
        </div>
      ) : (
        <ProblemNotice problem={problem} />
      )}
      <form
        ref={form}
        className="chat-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send(String(new FormData(event.currentTarget).get('message') ?? '').trim());
        }}
      >
        <input
          type="text"
          name="message"
          aria-label={chat.question}
          placeholder={chat.placeholder}
          defaultValue={about === undefined ? '' : chat.aboutOrder(about)}
          maxLength={longestMessage}
          autoComplete="off"
          dir="auto"
          required
        />
        <button type="submit" className="button" aria-disabled={asked !== null}>
          {chat.send}
        </button>
      </form>
      <div ref={end} />
      {turns.length === 0 && !asked && (
        <ul className="suggested">
          {chat.suggestions.map((question) => (
            <li key={question}>
              <button type="button" className="button quiet" onClick={() => void send(question)}>
                {question}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
};

/** Questions to the assistant of the shop, and its answers as they are written. */
export const ChatPage = () => {
  const { chat } = useBuyingMessages();
  return (
    <section className="chat">
      <PageTitle text={chat.title} />
      <h1>{chat.title}</h1>
      <p className="fine">{chat.note}</p>
      <Await query={useQuery(conversationQuery)} skeleton={<span className="skeleton block" />}>
        {(turns) => <Conversation turns={turns} />}
      </Await>
    </section>
  );
};
