/** Loads the films of the demo into a shop that runs, by its public door. */
import { readFile } from 'node:fs/promises';
import { createShopClient } from '../../services/contracts/http/client.ts';
import { readDemoCatalogue } from '../shop/demo-catalogue.ts';
import { catalogueLines, loadCatalogue } from '../shop/load-catalogue.ts';

type FilmLoad = {
  /** URL of the public door. */
  readonly gateway: string;
  /** Account of a member of staff. */
  readonly email: string;
  readonly password: string;
  /** File of the films. */
  readonly file: string;
  readonly say: (sentence: string) => void;
};

/** Loads every film; doing it again doubles nothing and sets what the file says. */
export const loadFilms = async ({ gateway, email, password, file, say }: FilmLoad): Promise<void> => {
  const api = createShopClient({ baseUrl: gateway });
  const { accessToken } = await api.accounts.logIn({ body: { email, password } });
  const load = await loadCatalogue(
    (items) => api.products.load({ body: { items } }, { token: accessToken }),
    readDemoCatalogue(await readFile(file, 'utf8')),
    (done, of) => say(`${done} of ${of} films`),
  );
  for (const line of catalogueLines(load)) say(line);
};
