// The published RFC 6962 vectors of github.com/transparency-dev/merkle, under our verifiers.
//
// They are the tables of that module's proof/verify_test.go, and the ways in which it spoils each proof; its folder testdata
// holds the same cases as files, but no version of the module that a proxy hands out has it. So the tests themselves are run,
// from a copy of the module, with their verifier wrapped: every case is noted, with what their code says of it.

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { fromBase64 } from '../../core/bytes.ts';
import { isTrustError } from '../../core/errors.ts';
import { verifyConsistency, verifyInclusion } from '../../core/log/merkle-proof.ts';
import { buildTimeout, describeWithGo, moduleFolder, run, useFolder } from '../support/go.ts';

const merkle = 'github.com/transparency-dev/merkle';

/** As the wrapper writes it; bytes in base64, integers as decimal texts because they go up to 2^64 - 1. */
interface Case {
  readonly of: 'inclusion' | 'consistency';
  readonly test: string;
  readonly a: string;
  readonly b: string;
  readonly hash1: string;
  readonly hash2: string;
  readonly proof: readonly string[] | null;
  readonly holds: boolean;
}

const recorder = (file: string): string => `package proof

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/transparency-dev/merkle"
)

var recordLock sync.Mutex

func record(of string, a, b uint64, hash1, hash2 []byte, proof [][]byte, err error) {
	recordLock.Lock()
	defer recordLock.Unlock()
	_, _, line, _ := runtime.Caller(2)
	text, _ := json.Marshal(map[string]any{
		"of": of, "test": fmt.Sprint("line ", line), "a": fmt.Sprint(a), "b": fmt.Sprint(b),
		"hash1": hash1, "hash2": hash2, "proof": proof, "holds": err == nil,
	})
	f, openErr := os.OpenFile(${JSON.stringify(file)}, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if openErr != nil {
		panic(openErr)
	}
	defer f.Close()
	f.Write(append(text, '\\n'))
}

func VerifyInclusion(hasher merkle.LogHasher, index, size uint64, leafHash []byte, proof [][]byte, root []byte) error {
	err := theirInclusion(hasher, index, size, leafHash, proof, root)
	record("inclusion", index, size, leafHash, root, proof, err)
	return err
}

func VerifyConsistency(hasher merkle.LogHasher, size1, size2 uint64, proof [][]byte, root1, root2 []byte) error {
	err := theirConsistency(hasher, size1, size2, proof, root1, root2)
	record("consistency", size1, size2, root1, root2, proof, err)
	return err
}
`;

describeWithGo('the vectors of transparency-dev/merkle', () => {
  const folder = useFolder();
  let cases: readonly Case[] = [];

  beforeAll(async () => {
    // A copy to change, because Go keeps its cache as it is.
    const copy = join(folder, 'merkle');
    cpSync(await moduleFolder(merkle), copy, { recursive: true });
    await run('chmod', ['-R', 'u+w', copy]);
    const noted = join(folder, 'cases.jsonl');
    const verifier = join(copy, 'proof/verify.go');
    const renamed = readFileSync(verifier, 'utf8')
      .replace('func VerifyInclusion(', 'func theirInclusion(')
      .replace('func VerifyConsistency(', 'func theirConsistency(');
    writeFileSync(verifier, renamed);
    writeFileSync(join(copy, 'proof/recorder.go'), recorder(noted));
    const tested = await run('go', ['test', '-count=1', '-run=^TestVerify', './proof'], {
      cwd: copy,
      timeout: buildTimeout,
    });
    if (tested.status !== 0) throw new Error(`go test failed:\n${tested.stdout}${tested.stderr}`);
    const lines = readFileSync(noted, 'utf8').trimEnd().split('\n');
    cases = lines.map((line) => JSON.parse(line) as Case);
  }, buildTimeout);

  const holdsHere = ({ of, a, b, hash1, hash2, proof }: Case): boolean => {
    const [one, two] = [BigInt(a), BigInt(b)];
    const hashes = (proof ?? []).map(fromBase64);
    const [first, second] = [fromBase64(hash1), fromBase64(hash2)];
    try {
      if (of === 'inclusion') {
        verifyInclusion({ index: one, size: two, leafHash: first, root: second, proof: hashes });
      } else {
        verifyConsistency({ oldSize: one, newSize: two, oldRoot: first, newRoot: second, proof: hashes });
      }
      return true;
    } catch (error) {
      if (isTrustError(error, 'proof-invalid')) return false;
      throw error;
    }
  };
  /** "Roots" of 12 bytes: their verifier compares them as they are, ours takes hashes only. */
  const hasNoHashes = ({ hash1, hash2 }: Case): boolean =>
    [hash1, hash2].some((hash) => fromBase64(hash).length !== 32);

  it('are all there', () => {
    // 4 + 12 + 5 + 77 of inclusion (the last of them spoiled), 13 + 5 + 79 of consistency.
    expect(cases.filter(({ of }) => of === 'inclusion')).toHaveLength(98);
    expect(cases.filter(({ of }) => of === 'consistency')).toHaveLength(97);
    expect(cases.filter(({ holds }) => holds).length).toBeGreaterThanOrEqual(11);
    expect(cases.some(({ a }) => BigInt(a) === (1n << 64n) - 1n)).toBe(true);
  });

  it('that their verifier refuses are refused by ours, every one', () => {
    const refused = cases.filter(({ holds }) => !holds);
    expect(refused.filter(holdsHere)).toEqual([]);
  });

  it('that their verifier accepts are accepted by ours, but for two whose roots are no hashes', () => {
    const accepted = cases.filter(({ holds }) => holds);
    const different = accepted.filter((one) => !holdsHere(one));
    expect(different.every(hasNoHashes)).toBe(true);
    // From size 0 to 0 and from 1 to 1, with equal texts in place of roots.
    expect(different.map(({ a, b }) => [a, b])).toEqual([
      ['0', '0'],
      ['1', '1'],
    ]);
  });

  it('differ from ours in one convention: from size 0 theirs proves nothing, ours takes the empty proof', () => {
    const fromNothing = cases.filter(({ of, a }) => of === 'consistency' && a === '0');
    expect(fromNothing.length).toBeGreaterThanOrEqual(3);
    // As the witness protocol has it (C2SP tlog-witness); held to the empty root, so that it can't hide anything.
    const emptyRoot = fromBase64('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    const anyRoot = new Uint8Array(32).fill(1);
    const claim = { oldSize: 0, newSize: 1, newRoot: anyRoot, proof: [] };
    expect(() => {
      verifyConsistency({ ...claim, oldRoot: emptyRoot });
    }).not.toThrow();
    expect(() => {
      verifyConsistency({ ...claim, oldRoot: anyRoot });
    }).toThrow();
  });
});
