import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
// Each of the ranges that are no public host was once forgotten by somebody; this library keeps the list (RFC 6890 and after).
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** Raised inside a lookup: the connection is never begun. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/** Which addresses may be called: public ones, and those of networks that the operator names. */
export class AddressGuard {
  readonly #own: readonly Network[];
  readonly #resolve: typeof systemLookup;

  /** `own`: networks in CIDR notation, such as `10.20.0.0/16`. Throws on anything else. `resolve`: in tests another one than the system's. */
  constructor(own: readonly string[], resolve: typeof systemLookup = systemLookup) {
    this.#own = own.map((network) => {
      if (!ipaddr.isValidCIDR(network)) throw new Error(`expected a network such as 10.20.0.0/16, got ${network}`);
      return ipaddr.parseCIDR(network);
    });
    this.#resolve = resolve;
  }

  /** Whether this is an address of a network that the operator named: there, plain HTTP is as good as the network. */
  isOwn(address: string): boolean {
    const parsed = parse(address);
    return parsed !== undefined && this.#own.some((network) => contains(network, parsed));
  }

  mayCall(address: string): boolean {
    return this.isOwn(address) || isPublic(address);
  }

  get hasOwn(): boolean {
    return this.#own.length > 0;
  }

  /**
   * A lookup for `net.connect`: the connection goes to the very address that was judged here, so a name cannot stand for another one a moment later.
   * One address that may not be called refuses the name, whatever its others are. `secure` false: only to the operator's own networks.
   */
  lookup(secure: boolean): LookupFunction {
    return (host, options, answer) => {
      this.#resolve(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
        const [first] = error ? [] : addresses;
        if (error || !first) {
          answer(error ?? Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), []);
          return;
        }
        const refused = addresses.some(({ address }) => !(secure ? this.mayCall(address) : this.isOwn(address)));
        if (refused) answer(new AddressRefused('the name stands for an address that is not called'), []);
        else if (options.all) answer(null, addresses);
        else answer(null, first.address, first.family);
      });
    };
  }
}

function parse(address: string): Address | undefined {
  // An IPv4 address in the clothes of IPv6 (::ffff:127.0.0.1) is taken for what it is.
  return ipaddr.isValid(address) ? ipaddr.process(address) : undefined;
}

function contains([network, bits]: Network, address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}

/** Of IPv6 only 2000::/3 is given out for hosts (RFC 4291, 2.4); within it, ranges that lead elsewhere (6to4, Teredo, documentation) are refused as well. */
const GLOBAL: Network = [ipaddr.parse('2000::'), 3];

function isPublic(address: string): boolean {
  const parsed = parse(address);
  return parsed?.range() === 'unicast' && (parsed.kind() === 'ipv4' || contains(GLOBAL, parsed));
}
