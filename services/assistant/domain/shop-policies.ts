/** The rules of the shop, as the assistant tells them. A shop of one's own writes its own here. */

export type Policy = {
  readonly topic: string;
  readonly title: string;
  /** Words of questions about it, in lower case and without endings: `return` stands for returns and returned. */
  readonly stems: readonly string[];
  readonly text: string;
};

export const shopPolicies: readonly Policy[] = [
  {
    topic: 'returns',
    title: 'Returns',
    stems: ['return', 'send .{0,30}back', 'exchang', 'unwanted', 'chang\\w+ my mind'],
    text: 'You may send anything back within 30 days of its delivery, unopened films without a reason. We pay the return postage for what was faulty, damaged or wrong; otherwise it is yours to pay.',
  },
  {
    topic: 'refunds',
    title: 'Refunds',
    stems: ['refund', 'money .{0,20}back', 'reimburs'],
    text: 'A refund goes to the card that was charged, within 5 working days after your parcel is back with us or your order was cancelled. Banks may need 3 more days to show it.',
  },
  {
    topic: 'damaged',
    title: 'Damaged or wrong goods',
    stems: [
      'damag',
      'faulty',
      'broken',
      'broke',
      'crack',
      'scratch',
      'defect',
      'skips',
      'freezes',
      'stuck',
      'not play',
      'warrant',
      'guarant',
      'wrong film',
      'wrong item',
    ],
    text: 'Tell us within 14 days of the delivery if something arrived damaged or is not what you ordered; you choose between a new copy and your money, and we pay the postage. Discs are guaranteed for 24 months.',
  },
  {
    topic: 'shipping',
    title: 'Shipping',
    stems: [
      'ship',
      'deliver',
      'postage',
      'courier',
      'carrier',
      'arrive',
      'parcel',
      'dispatch',
      'overseas',
      'abroad',
      'live in',
    ],
    text: 'Shipping is free, to every country that the checkout lists. Orders leave our warehouse within 1 working day; delivery takes 2 to 4 working days at home and 5 to 10 abroad. You get a mail with the tracking number when your parcel leaves.',
  },
  {
    topic: 'payment',
    title: 'Payment',
    stems: [
      'payment',
      'pay',
      'credit card',
      'debit card',
      'card',
      'visa',
      'mastercard',
      'paypal',
      'cash',
      'invoice',
      'charg',
      'bank transfer',
      'gift card',
      'voucher',
      'bitcoin',
    ],
    text: 'You can pay by credit or debit card (Visa, Mastercard, American Express). We take no PayPal, cash, cheques, gift cards or invoices. Your card is charged once your goods are set aside for you, and never before.',
  },
  {
    topic: 'cancellation',
    title: 'Cancelling an order',
    stems: ['cancel', 'change my order', 'change an order', 'change the address'],
    text: 'You can cancel an order on its page until it is being packed; your money goes back at once. After that, wait for the parcel and send it back. An order cannot be changed: cancel it and order again.',
  },
  {
    topic: 'accounts',
    title: 'Accounts and guests',
    stems: ['account', 'guest', 'sign up', 'register', 'log in', 'login', 'sign in', 'password'],
    text: 'You can buy as a guest with an e-mail address, or with an account, which keeps your orders and addresses. Sign up in the same browser and your orders as a guest move into the account. A forgotten password is reset by a mail from the sign-in page.',
  },
  {
    topic: 'privacy',
    title: 'Your data',
    stems: ['privacy', 'personal data', 'my data', 'gdpr', 'delete my account', 'data protection', 'store my card'],
    text: 'We keep what an order needs and never see your card number. You can download your data and delete your account on the account page. Conversations with the assistant are forgotten after 3 days.',
  },
  {
    topic: 'contact',
    title: 'Contact',
    stems: [
      'contact',
      'customer service',
      'support',
      'speak to',
      'talk to',
      'reach .{0,20}(you|person|somebody|someone)',
      'real person',
      'human',
      'complain',
      'help desk',
      'phone number',
    ],
    text: 'Answer any mail about your order and a person reads it, Monday to Friday from 9 to 17 o’clock; you hear from us within 1 working day.',
  },
];

export const policyOn = (topic: string): Policy | undefined => shopPolicies.find((policy) => policy.topic === topic);
