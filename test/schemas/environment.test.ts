import { PARTS, readEverywhere, readPart, WrongEnvironment } from '../../schemas/environment.ts';
import { FUNCTIONS, variablesOf } from '../../schemas/function-parts.ts';

describe('the environment of a function', () => {
  it('is refused with the name of every variable that is missing or wrong', () => {
    const read = () => readPart('machines', { ONETRACK_MACHINE_ROLE: 'admin', ONETRACK_PARK: 'arn:aws:lambda:x' });
    expect(read).toThrow(WrongEnvironment);
    expect(read).toThrow(/ONETRACK_MACHINE_ROLE: expected an ARN of iam;/);
    expect(read).toThrow(/ONETRACK_WAITING_STAGE: .*\(it is not set\)/);
  });

  it('holds JSON where several things are named, and is refused where it is none', () => {
    const variables = { ONETRACK_SYSTEMS: '{"tax":"https://tax.example/dossiers"}' };
    expect(readPart('systems', variables).ONETRACK_SYSTEMS).toEqual({ tax: 'https://tax.example/dossiers' });
    expect(() => readPart('systems', { ONETRACK_SYSTEMS: 'tax' })).toThrow('ONETRACK_SYSTEMS: expected JSON');
    expect(() => readPart('systems', { ONETRACK_SYSTEMS: '{"tax":"ftp://tax.example"}' })).toThrow('ONETRACK_SYSTEMS');
  });

  it('has a public address without a trailing slash, and no clock of its own unless one is named', () => {
    const variables = {
      ONETRACK_ENVIRONMENT: 'dev',
      ONETRACK_PUBLIC_URL: 'https://onetrack.example',
      ONETRACK_CURRENCY: 'VND',
      ONETRACK_TIME_ZONE: 'Asia/Ho_Chi_Minh',
      ONETRACK_LANGUAGE: 'vi',
      ONETRACK_MAX_UPLOAD: '50000000',
    };
    expect(readEverywhere(variables)).toEqual({ ...variables, ONETRACK_MAX_UPLOAD: 50_000_000 });
    expect(() => readEverywhere({ ...variables, ONETRACK_PUBLIC_URL: 'https://onetrack.example/' })).toThrow('slash');
  });

  it('is the variables of the parts that the function has, and no others', () => {
    expect(variablesOf('park')).toEqual(['ONETRACK_MASTER_KEY', 'ONETRACK_RECORD_KEY', 'ONETRACK_TABLE']);
  });

  it('gives no part that does not exist, and leaves none without a function', () => {
    expect(new Set(Object.values(FUNCTIONS).flat())).toEqual(new Set(Object.keys(PARTS)));
  });
});
