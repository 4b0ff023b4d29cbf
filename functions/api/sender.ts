import * as z from 'zod';

const IPV4 = z.ipv4();
const IPV6 = z.ipv6();

/** Kept beside the requests, and not in a header, so that nobody can say it of himself. */
const senders = new WeakMap<Request, string>();

/** Says from which network address a request came: for the edge that took it. */
export function setSender(request: Request, address: string | undefined): void {
  if (address !== undefined) senders.set(request, address);
}

/** The network address that a request came from; undefined where no edge said so. */
export function senderOf(request: Request): string | undefined {
  return senders.get(request);
}

/** What one asker has to himself of the network: an IPv4 address, the /64 of an IPv6 address; `unknown` of what is neither. */
export function networkOf(address: string | undefined): string {
  const bare = (address ?? '').replace(/%.*$/, '');
  if (IPV4.safeParse(bare).success) return bare;
  if (!IPV6.safeParse(bare).success) return 'unknown';
  const groups = groupsOf(bare);
  const [high = 0, low = 0] = groups.slice(6).map((group) => parseInt(group, 16));
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, as RFC 5952 writes them. */
function groupsOf(address: string): string[] {
  const [before = [], after = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}
