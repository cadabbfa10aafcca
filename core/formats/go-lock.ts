// The format of Go builds: go.mod and go.sum read together, from whichever of the two is given.
//
// What go.sum says decides about bytes, what go.mod says decides about membership (go-closure.ts). go.mod alone gives
// inputs without a digest, go.sum alone more modules than a build takes, with a remark.

import { inFile, type Format, type LockfileDocument } from './format.ts';
import { goClosure } from './go-closure.ts';
import { parseGoMod } from './go-mod.ts';
import { parseGoSum } from './go-sum.ts';

const sumLine = /^[^\s{}"]+ v[^\s]+ h[0-9]+:[A-Za-z0-9+/]+=*\s*$/;

export const goLock: Format = {
  id: 'go',
  label: 'go.sum with go.mod',
  names: ['go.sum', 'go.mod'],

  recognise(document) {
    return isGoSum(document) || isGoMod(document);
  },

  parse(document) {
    const given = !isGoSum(document) && (document.name === 'go.mod' || isGoMod(document)) ? 'mod' : 'sum';
    const other = document.sibling(given === 'mod' ? 'go.sum' : 'go.mod');
    const [mod, sum] = given === 'mod' ? [document, other] : [other, document];
    return goClosure(
      mod === undefined ? undefined : inOther(mod, document, parseGoMod),
      sum === undefined ? undefined : inOther(sum, document, parseGoSum),
      given,
    );
  },
};

function isGoSum({ text }: LockfileDocument): boolean {
  return sumLine.test(/^.*$/m.exec(text.slice(0, 4096).trimStart())?.[0] ?? '');
}

function isGoMod({ text }: LockfileDocument): boolean {
  const firstStatement = /^(?![ \t\r]*(?:\/\/|$)).*$/m.exec(text.slice(0, 65_536))?.[0] ?? '';
  return /^[ \t]*module\s+\S+\s*(?:\/\/|$)/.test(firstStatement) && /^go [0-9]/m.test(text);
}

/** Errors of the other file carry its name; those of the given file get theirs from the caller. */
function inOther<Parts>(
  file: LockfileDocument,
  given: LockfileDocument,
  parse: (text: string) => Parts,
): Parts {
  return file === given ? parse(file.text) : inFile(file.name, () => parse(file.text));
}
