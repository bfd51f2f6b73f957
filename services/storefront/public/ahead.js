// Asks for what the first page shows while the script of the pages is on its way: the same questions, which services/site-kit/api/reader.ts
// then finds answered, and the pictures that are seen first. A plain script of its own, because the security policy admits none in the page.
{
  /** Milliseconds for which an answer is worth having, as long as for any other (services/site-kit/api/query-client.ts). */
  const withinMs = 30_000;
  /** Pictures that are seen first, at most. */
  const mostPictures = 6;
  /** What an address of the list may say; with anything else in it, pages ask for less than it says. */
  const filters = ['q', 'category', 'priceMin', 'priceMax', 'inStock', 'sort'];
  const answers = new Map();
  window.askedAhead = answers;
  setTimeout(() => answers.clear(), withinMs);

  /** Nobody waits for these answers yet, so one that fails is as if it had not been asked for. */
  const ask = (url) => {
    const answer = fetch(url, { signal: AbortSignal.timeout(withinMs) }).catch(() => undefined);
    answers.set(url, answer);
    return answer.then((response) => response?.ok && response.clone().json()).catch(() => undefined);
  };
  const showSoon = (products = []) => {
    for (const { imageUrl } of products.slice(0, mostPictures))
      if (imageUrl) Object.assign(new Image(), { fetchPriority: 'high', src: imageUrl });
  };

  const { pathname, search } = location;
  const api = '/api/v1';
  if (pathname === '/') {
    void ask(`${api}/products?sort=newest&limit=12`).then((page) => showSoon(page?.items));
    void ask(`${api}/categories`);
  } else if (
    pathname === '/products' &&
    [...new URLSearchParams(search).keys()].every((name) => filters.includes(name))
  ) {
    void ask(`${api}/products${search === '' ? '?' : `${search}&`}limit=24`).then((page) => showSoon(page?.items));
    void ask(`${api}/categories`);
  } else if (/^\/products\/prd_[0-9a-z]+$/.test(pathname)) {
    void ask(api + pathname).then((product) => product && showSoon([product]));
  }
}
