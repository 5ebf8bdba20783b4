import { describe, expect, it } from '@jest/globals';
import { inspectImage, pullImage, refuseRoot } from '../../src/docker/images.ts';
import { HostError } from '../../src/model/errors.ts';
import { fakeEngines } from '../support/fakeEngine.ts';
import { makeSpec } from '../support/specs.ts';

const make = fakeEngines();
const digest = `sha256:${'a'.repeat(64)}`;
const reference = `registry.example:5000/webapp@${digest}`;

describe('pullImage', () => {
  it('pulls by the digest, and looks that it is there', async () => {
    const fake = await make('docker01');
    expect(await pullImage(fake.engine, reference, null, null)).toBe('pulled');
    expect(fake.calls).toEqual([`pull ${reference}`]);
    expect((await inspectImage(fake.engine, reference, null))?.Id).toBe(reference);
  });

  it('pulls nothing that is there', async () => {
    const fake = await make('docker01');
    fake.images.add(reference);
    expect(await pullImage(fake.engine, reference, null, null)).toBe('present');
    expect(fake.calls).toEqual([]);
  });

  it.each([
    [
      'an error inside the answer',
      '{"status":"Pulling"}\n{"error":"manifest unknown"}\n',
      'manifest unknown',
    ],
    ['an error in a last line without a break', '{"status":"a"}\n{"error":"no space left"}', 'no space left'],
    ['rubbish', 'rubbish\n', 'pulling registry.example:5000/webapp'],
  ])('fails on %s', async (_case, answer, expected) => {
    const fake = await make('docker01');
    fake.pullAnswer = answer;
    const pulling = pullImage(fake.engine, reference, null, null);
    await expect(pulling).rejects.toThrow(HostError);
    await expect(pulling).rejects.toThrow(expected);
  });

  it('does not believe an answer without an error when the image is not there', async () => {
    const fake = await make('docker01');
    fake.interfere = (call) => (call.startsWith('image') ? { status: 404 } : undefined);
    await expect(pullImage(fake.engine, reference, null, null)).rejects.toThrow('the image is not there');
  });

  it('never pulls an image that is known by its id alone', async () => {
    const fake = await make('docker01');
    await expect(pullImage(fake.engine, digest, null, null)).rejects.toThrow('it is not on this host');
    expect(fake.calls).toEqual([]);
  });

  it('tells of a refusal, and of an answer that is cut', async () => {
    const fake = await make('docker01');
    fake.interfere = (call) =>
      call.startsWith('pull') ? { status: 500, message: 'unauthorized' } : undefined;
    await expect(pullImage(fake.engine, reference, null, null)).rejects.toThrow('unauthorized');
    fake.interfere = (call) => (call.startsWith('pull') ? 'cut' : undefined);
    await expect(pullImage(fake.engine, reference, null, null)).rejects.toThrow(HostError);
  });
});

describe('imageId', () => {
  it('is null where the image is not there, and an error where nobody knows', async () => {
    const fake = await make('docker01');
    expect(await inspectImage(fake.engine, reference, null)).toBeNull();
    fake.interfere = () => ({ status: 500, message: 'broken' });
    await expect(inspectImage(fake.engine, reference, null)).rejects.toThrow(HostError);
  });
});

describe('refuseRoot', () => {
  const signal = new AbortController().signal;
  const strict = makeSpec({ profile: 'strict' });
  const withUser = async (user: string) => {
    const fake = await make('docker01');
    fake.images.add(strict.image);
    fake.user = user;
    return fake.engine;
  };

  it.each(['', 'root', '0', '0:0', '00', 'nobody', '1000:staff', '-1'])(
    'refuses an image of the user %j',
    async (user) => {
      const refused = refuseRoot(await withUser(user), strict, signal);
      await expect(refused).rejects.toThrow(HostError);
      await expect(refused).rejects.toThrow('the profile strict takes a user by a number other than 0');
    },
  );

  it.each(['1000', '65534:65534', '1000:0'])('takes an image of the user %s', async (user) => {
    await refuseRoot(await withUser(user), strict, signal);
  });

  it('asks nothing where a user was given, or another profile', async () => {
    const engine = await withUser('root');
    await refuseRoot(engine, makeSpec({ profile: 'strict', user: '1000' }), signal);
    await refuseRoot(engine, makeSpec(), signal);
  });
});
