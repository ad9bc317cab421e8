import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ContainerText } from './container-text.js';

const REST = Buffer.from('docker_up 1\n');

describe('the text of containers, compressed', () => {
  it.each([
    ['some', 'a 1\nü 2\n', 'a 1\nü 2\ndocker_up 1\n'],
    ['none', '', 'docker_up 1\n'],
  ])('has the rest behind it: %s', async (_what, text, expected) => {
    const whole = Buffer.concat(await new ContainerText(Buffer.from(text)).gzip(REST));
    expect(gunzipSync(whole).toString()).toBe(expected);
  });

  it('is compressed once, however many ask', async () => {
    const text = new ContainerText(Buffer.alloc(100_000, 'web 1\n'));
    const [[, first], [, second]] = await Promise.all([text.gzip(REST), text.gzip(Buffer.from('other'))]);
    expect(second).toBe(first);
    expect((await text.gzip(REST))[1]).toBe(first);
  });
});
