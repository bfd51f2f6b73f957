/** How work that takes seconds is told to the person who waits for it. */
export type Progress = {
  /** Runs `work` under a title; `detail` replaces the text behind it. */
  step<T>(title: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  /** One line between steps and after them. */
  line(text: string): void;
};
