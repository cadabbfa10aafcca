// The addresses of a domain, every one of them checked. A domain with a single address that is not public is refused as a
// whole: nobody needs such a mixture, and whoever attacks does.

import { ProofFailure } from './failure.ts';
import { isAbsent, type DomainResolver } from './resolver.ts';

/** Most addresses that a domain may have here. */
const maxAddresses = 32;

/** IPv4 addresses first; throws ProofFailure when there are none, or one may not be connected to. */
export async function checkedAddresses(
  domain: string,
  resolver: Pick<DomainResolver, 'resolve4' | 'resolve6'>,
  isAllowed: (address: string) => boolean,
): Promise<readonly string[]> {
  const [v4, v6] = await Promise.all([orNone(resolver.resolve4(domain)), orNone(resolver.resolve6(domain))]);
  const addresses = [...v4, ...v6];
  if (addresses.length === 0) throw new ProofFailure(`${domain} has no address in the DNS.`);
  if (addresses.length > maxAddresses)
    throw new ProofFailure(`${domain} has more than ${maxAddresses} addresses.`);
  if (!addresses.every(isAllowed)) {
    throw new ProofFailure(`${domain} leads to an address that is not on the public internet.`);
  }
  return addresses;
}

async function orNone(asking: Promise<string[]>): Promise<string[]> {
  try {
    return await asking;
  } catch (error) {
    if (isAbsent(error)) return [];
    throw new ProofFailure('The DNS did not answer.', error);
  }
}
