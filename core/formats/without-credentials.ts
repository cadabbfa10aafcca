// Addresses as reports may show them: lockfiles with user names and passwords in addresses are common.

/** An address without the user and password in front of its host. */
export function withoutCredentials(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]{0,32}:\/\/)[^/?#@]*@/i, '$1');
}
