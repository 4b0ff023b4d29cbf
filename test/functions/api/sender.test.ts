import { networkOf } from '../../../functions/api/sender.ts';

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['2001:db8:0:7:1:2:3:4', '2001:db8:0:7::/64'],
  ['2001:0DB8::7', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['somebody', 'unknown'],
  ['', 'unknown'],
  [undefined, 'unknown'],
])('an asker at %s has to himself %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
