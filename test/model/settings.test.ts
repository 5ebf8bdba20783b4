import { describe, expect, it } from '@jest/globals';
import { defaultSettings } from '../../src/model/settings.ts';

describe('the settings of a service of which nothing is said', () => {
  it('publish port 80, add nothing to the image, and judge health by a connection within a minute', () => {
    expect(defaultSettings).toEqual({
      containerPort: 80,
      health: { path: null, interval: 250, successes: 1, retries: 2, deadline: 60 },
      env: {},
      envFiles: [],
      secretFiles: [],
      command: null,
      memory: null,
      cpus: null,
      pids: 512,
      stopGrace: 10,
    });
  });
});
