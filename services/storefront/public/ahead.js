// Shows what can be shown while the script of the pages is on its way: the page without its data (services/storefront/shells.tsx), then the
// pictures that are seen first. It asks the questions whose answers services/site-kit/api/reader.ts then finds. A plain script of its
// own, because the security policy admits none in the page.
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

  /** As services/storefront/messages/language.tsx chooses it. */
  const language = [localStorage.getItem('language'), ...navigator.languages.map((tag) => tag.split('-')[0])].find(
    (tag) => tag === 'en' || tag === 'de',
  );
  const site = document.getElementById('site');

  /** Shows a page without its data, and asks for the scripts that draw it. What an address says stands in braces there. */
  const drawShell = (page, said = {}) => {
    const template = document.querySelector(`template[data-page="${page}"][lang="${language ?? 'en'}"]`);
    if (!template) return;
    for (const href of template.dataset.scripts.split(' '))
      document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href }));
    // The script of the pages was faster (services/storefront/main.tsx).
    if (site.dataset.taken !== undefined) return;
    const shell = document.createElement('div');
    shell.className = 'shell';
    shell.append(template.content);
    // Links lead on already; what was typed or chosen would be lost.
    for (const field of shell.querySelectorAll('form, label')) field.inert = true;
    for (const [name, text] of Object.entries(said))
      for (const place of shell.querySelectorAll('h1, option, input')) {
        if (place.value === `{${name}}`) place.value = text;
        place.textContent = place.textContent.replace(`{${name}}`, () => text);
      }
    document.documentElement.lang = template.lang;
    site.append(shell);
  };

  const pictureOf = ({ imageUrl, images: [image] }, sizes = '12rem') => {
    const picture = Object.assign(new Image(), { fetchPriority: 'high', alt: '' });
    if (image) {
      picture.sizes = sizes;
      picture.srcset = image.widths.map((width) => `${image.url}&width=${width} ${width}w`).join(', ');
    }
    picture.src = imageUrl;
    return picture;
  };
  /** Puts the first pictures where the shell has places for them, and loads them where it has none. */
  const showSoon = (products = []) => {
    const shown = products.slice(0, mostPictures).filter(({ imageUrl }) => imageUrl);
    const rows = ['.fan .poster', '.shelf-row .poster', '.grid .poster', '.pictures .poster'];
    const places = rows.map((row) => site.querySelectorAll(`.shell ${row}`));
    shown.forEach((product, at) => {
      const found = places.flatMap((row) => row[at] ?? []);
      for (const place of found) {
        place.classList.remove('skeleton');
        place.replaceChildren(pictureOf(product, place.dataset.sizes));
      }
      if (found.length === 0) pictureOf(product);
    });
  };

  /** Nobody waits for these answers yet, so one that fails is as if it had not been asked for. */
  const ask = (url) => {
    const answer = fetch(url, { signal: AbortSignal.timeout(withinMs) }).catch(() => undefined);
    answers.set(url, answer);
    return answer.then((response) => response?.ok && response.clone().json()).catch(() => undefined);
  };

  const { pathname, search } = location;
  const api = '/api/v1';
  if (pathname === '/') {
    void ask(`${api}/products?sort=newest&limit=12`).then((page) => showSoon(page?.items));
    void ask(`${api}/categories`);
    drawShell('/');
  } else if (pathname === '/products') {
    const said = Object.fromEntries(new URLSearchParams(search));
    if (Object.keys(said).every((name) => filters.includes(name))) {
      void ask(`${api}/products${search === '' ? '?' : `${search}&`}limit=24`).then((page) => showSoon(page?.items));
      void ask(`${api}/categories`);
    }
    const [name, ...others] = Object.keys(said).filter((one) => said[one].trim() !== '');
    if (others.length === 0 && [undefined, 'q', 'category'].includes(name))
      drawShell(name === undefined ? '/products' : `/products?${name}`, said);
  } else if (/^\/products\/prd_[0-9a-z]+$/.test(pathname)) {
    void ask(api + pathname).then((product) => product && showSoon([product]));
    drawShell('/products/$id');
  }
}
