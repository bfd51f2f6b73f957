/** The `fetch` of one visitor, who keeps cookies for one shop as a browser does; Node's own keeps none. */
export const createCookieFetch = () => {
  const cookies = new Map<string, string>();
  return async (url: string, request: RequestInit): Promise<Response> => {
    const headers = new Headers(request.headers);
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const answer = await fetch(url, { ...request, headers });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return answer;
  };
};
