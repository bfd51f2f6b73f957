import { eventStories } from './event-stories.ts';
import { mailStories } from './mail-stories.ts';
import { purchaseStories } from './purchase-stories.ts';

/** Every story, by the planted bug that it shows. */
export const stories = { ...eventStories, ...mailStories, ...purchaseStories } as const;
