// yarn.lock: one name, two grammars. The content tells which.

import type { Format } from './format.ts';
import { parseYarnBerry } from './yarn-berry.ts';
import { parseYarnClassic } from './yarn-classic.ts';

const berry = /^__metadata:\s*$/m;

export const yarnLock: Format = {
  id: 'yarn',
  label: 'yarn.lock',
  names: ['yarn.lock'],

  recognise({ text }) {
    return /^# yarn lockfile v[0-9]+\r?$/m.test(text.slice(0, 4096)) || berry.test(text.slice(0, 4096));
  },

  parse({ text }) {
    return berry.test(text) ? parseYarnBerry(text) : parseYarnClassic(text);
  },
};
