/** What the shop's own content delivery network tells the public door about a viewer. Infrastructure sets both headers, the door reads them. */

/** The address from which the viewer came, without a port. Believed only with the proof. */
export const viewerHeader = 'x-viewer-address';

/** The proof that the shop's own network speaks: the secret `CDN_PROOF` of the public door. */
export const proofHeader = 'x-cdn-proof';

/** Key of that secret. */
export const CDN_PROOF = 'CDN_PROOF';
