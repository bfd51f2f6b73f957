/** How bad: what it is, within how many minutes somebody answers, and how long a post-mortem may take, in hours (null: none is owed). */
export const severities = {
  P0: { means: 'money or stock is wrong, or nobody can buy', answerMinutes: 5, postMortemHours: 48 },
  P1: { means: 'many customers notice it', answerMinutes: 15, postMortemHours: 48 },
  P2: { means: 'some customers notice it, or it will be worse tomorrow', answerMinutes: 240, postMortemHours: null },
  P3: { means: 'nobody notices it; it is watched', answerMinutes: 1_440, postMortemHours: null },
} as const satisfies Record<
  string,
  { readonly means: string; readonly answerMinutes: number; readonly postMortemHours: number | null }
>;
