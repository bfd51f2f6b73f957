export type Role = 'customer' | 'staff' | 'admin';

/** A signed-in person, staff included. */
export type Customer = {
  readonly kind: 'customer';
  readonly userId: string;
  /** Log-in session (`sid` claim) of the access token. */
  readonly sessionId: string;
  readonly roles: readonly Role[];
  /** The anonymous session that the browser still carries, for merging carts and claiming guest orders. */
  readonly guestSessionId?: string;
};

/** Who makes a request, after the token or the session was checked. */
export type Caller = Customer | { readonly kind: 'guest'; readonly sessionId: string } | { readonly kind: 'nobody' };

/** Who may call a route. `public`: anybody; `customer`: any signed-in person; `staff`, `admin`: those whose roles include it. */
export type Access = 'public' | 'customer' | 'customer-or-guest' | 'staff' | 'admin';

export const isStaff = (caller: Caller): boolean => caller.kind === 'customer' && caller.roles.includes('staff');

export const isAdmin = (caller: Caller): boolean => caller.kind === 'customer' && caller.roles.includes('admin');
