import type { lookup } from 'node:dns';
import { AddressGuard, AddressRefused } from '../../../adapters/outbound/address-guard.ts';

const guard = new AddressGuard([]);
const withOwn = new AddressGuard(['10.20.0.0/16', 'fd00:1::/32']);

/** No public host: RFC 6890 and what was registered after it. */
const REFUSED = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.254', '127.0.0.1', '127.255.255.254'],
  ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.88.99.1', '192.168.1.1'],
  ...['198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:169.254.169.254'],
  ...['64:ff9b::7f00:1', '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '2001:20::1'],
  ...['fc00::1', 'fd00::1', 'fe80::1', 'fec0::1', 'ff02::1', '4000::1', 'not an address', ''],
];

describe('the guard of addresses', () => {
  it.each(REFUSED)('refuses %s', (address) => {
    expect(guard.mayCall(address)).toBe(false);
  });

  it.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '100.128.0.1', '::ffff:1.1.1.1', '2606:4700::1111', '2a00::1'])(
    'lets %s through',
    (address) => {
      expect(guard.mayCall(address)).toBe(true);
      expect(guard.isOwn(address)).toBe(false);
    },
  );

  it('lets through the networks that the operator has named, and nothing beside them', () => {
    expect(['10.20.3.4', '::ffff:10.20.3.4', 'fd00:1::5'].map((each) => withOwn.mayCall(each))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['10.21.0.1', 'fd00:2::5', '127.0.0.1'].map((each) => withOwn.mayCall(each))).toEqual([false, false, false]);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', 'intranet'])('does not begin with a network written %s', (network) => {
    expect(() => new AddressGuard([network])).toThrow('expected a network such as');
  });
});

type Answered = { address: string; family: number }[];

/** Looks up as `net.connect` does, in both of its ways. */
function lookUp(answered: Answered, { secure = true, all = true } = {}): Promise<unknown> {
  const resolve = ((_host: string, _options: unknown, answer: (error: null, all: Answered) => void) => {
    answer(null, answered);
  }) as unknown as typeof lookup;
  return new Promise((done, fail) => {
    new AddressGuard(['10.20.0.0/16'], resolve).lookup(secure)(
      'subscriber.example',
      { all },
      (error, found, family) => {
        if (error) fail(error);
        else done(all ? found : { address: found, family });
      },
    );
  });
}

const PUBLIC = { address: '93.184.216.34', family: 4 };
const OWN = { address: '10.20.0.9', family: 4 };

describe('a name', () => {
  it('is refused where one of its addresses is not called', async () => {
    await expect(lookUp([PUBLIC, { address: '127.0.0.1', family: 4 }])).rejects.toThrow(AddressRefused);
    await expect(lookUp([{ address: '::ffff:169.254.169.254', family: 6 }])).rejects.toThrow(AddressRefused);
  });

  it('is refused where it has no address', async () => {
    await expect(lookUp([])).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('is refused over plain http outside of the operator’s own networks', async () => {
    await expect(lookUp([PUBLIC], { secure: false })).rejects.toThrow(AddressRefused);
    expect(await lookUp([OWN], { secure: false })).toEqual([OWN]);
  });

  it('stands for the addresses that were judged', async () => {
    expect(await lookUp([PUBLIC])).toEqual([PUBLIC]);
    expect(await lookUp([PUBLIC, OWN], { all: false })).toEqual(PUBLIC);
  });
});
