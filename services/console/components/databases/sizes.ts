/** How sizes and times of databases are written. */
import { useMemo } from 'react';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';

const kibibyte = 1_024;
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export const useSizes = () => {
  const { number } = useFormats();
  return useMemo(
    () => ({
      bytes: (size: number): string => {
        const at = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, size)) / Math.log(kibibyte)));
        return `${number(Math.round((size / kibibyte ** at) * 10) / 10)} ${units[at]}`;
      },
      ms: (time: number): string =>
        time >= 1_000 ? `${number(Math.round(time / 100) / 10)} s` : `${number(Math.round(time * 10) / 10)} ms`,
      percent: (share: number): string => `${number(Math.round(share * 10) / 10)} %`,
    }),
    [number],
  );
};
