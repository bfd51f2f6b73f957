import type { DocumentationOptions } from '../../kit/http/documentation.ts';

const introduction = `
A purchase takes three requests: find a product with \`GET /api/v1/products\`, put it into the cart with \`POST /api/v1/cart/items\`,
and order with \`POST /api/v1/orders\`. The answer names the order; \`GET /api/v1/orders/{id}\` tells how far it is.

- **Who you are.** A visitor who touches the cart gets the cookie \`cloudmart_session\` (\`__Host-cloudmart_session\` over https), which keeps cart and orders together
  until they go into the account at log-in.
  Customers send \`Authorization: Bearer\` and the access token of \`POST /api/v1/auth/login\`, which lasts \`expiresIn\` seconds;
  \`POST /api/v1/auth/refresh\` gives the next one.
- **Money** is a whole number in minor units: \`{"amount": 1299, "currency": "USD"}\` is $12.99.
- **Lists** are pages: send \`nextCursor\` as \`cursor\` for the next one, until it is null.
- **Once only.** \`POST /api/v1/orders\` needs an \`Idempotency-Key\` of your choice. Send the same key again when you do not know
  whether a request arrived: you get the same order and pay once.
- **Errors** have one shape (RFC 9457). Decide by \`code\`, which stays the same; \`detail\` is for people. After 429 and 503 wait as
  many seconds as \`Retry-After\` says.
`;

/** What the API page says of the shop, and in which order it shows the doors: a buyer's first. */
export const shopDocumentation: DocumentationOptions = {
  title: 'CloudMart API',
  introduction: introduction.trim(),
  groups: [
    { name: 'products', description: 'The catalogue. Everybody may read it; staff change it.' },
    { name: 'cart', description: 'The cart of whoever asks, guest or customer.' },
    { name: 'orders', description: 'Orders of whoever asks; staff see all of them and move them on.' },
    { name: 'accounts', description: 'Sign up, sign in, stay signed in, sign out.' },
    {
      name: 'assistant',
      description: 'Questions about products, the rules of the shop and the orders of whoever asks.',
    },
    { name: 'payments', description: 'What was taken and given back, for staff.' },
    {
      name: 'reconciliations',
      description: 'Whether orders, money and stock agree, and what was repaired, for staff.',
    },
    { name: 'staff', description: 'Who works for the shop, and who made them; for administrators.' },
    { name: 'discovery', description: 'What programs read before they call.' },
  ],
};
