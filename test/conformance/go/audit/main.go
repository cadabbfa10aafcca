// The command audit checks a whole log from outside, with the code of Go's checksum database (golang.org/x/mod/sumdb/note and
// tlog). It knows of trust-ledger only the paths of C2SP tlog-tiles.
//
//	audit [-pairs n] [-api] <url> <verifier key>
//
// It reads the checkpoint and every entry bundle, computes every leaf hash and the root from them, reads every tile through
// tlog.TileHashReader, and then checks an inclusion proof for every single entry (tlog.CheckRecord) and a consistency proof
// for many pairs of sizes (tlog.CheckTree). With -api it also asks the service for consistency proofs and receipts, and
// checks those. It ends with status 1 and the first thing that is wrong.
package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	pairs := flag.Int("pairs", 2000, "how many pairs of sizes to check consistency for")
	api := flag.Bool("api", false, "also check the service's own proofs")
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	if err := audit(&source{prefix: flag.Arg(0)}, flag.Arg(1), *pairs, *api); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func audit(src *source, vkey string, pairs int, api bool) error {
	started := time.Now()
	tree, err := src.checkpoint(vkey)
	if err != nil {
		return err
	}
	leaves, stored, err := readLeaves(src, tree.N)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(tree.N, stored)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return fmt.Errorf("the entries lead to the root %v, the checkpoint says %v", root, tree.Hash)
	}
	authenticated, err := readTiles(src, tree, stored)
	if err != nil {
		return err
	}
	for i, leaf := range leaves {
		proof, err := tlog.ProveRecord(tree.N, int64(i), authenticated)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(i), leaf); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	sizes := somePairs(tree.N, pairs)
	for _, pair := range sizes {
		if err := checkPair(tree, pair[0], pair[1], authenticated); err != nil {
			return fmt.Errorf("size %d to %d: %w", pair[0], pair[1], err)
		}
	}
	if api {
		if err := checkService(src, vkey, tree, leaves, authenticated); err != nil {
			return err
		}
	}
	fmt.Printf("%d entries, %d requests, %d consistency proofs, all hold, in %v\n",
		tree.N, src.requests, len(sizes), time.Since(started).Round(time.Millisecond))
	return nil
}

// readLeaves gives the leaf hash of every entry, and all hashes that follow from them, in Go's order.
func readLeaves(src *source, size int64) ([]tlog.Hash, hashes, error) {
	leaves := make([]tlog.Hash, 0, size)
	stored := make(hashes, 0, tlog.StoredHashCount(size))
	for n := int64(0); n*tileWidth < size; n++ {
		entries, err := src.bundle(n, min(tileWidth, size-n*tileWidth))
		if err != nil {
			return nil, nil, err
		}
		for _, entry := range entries {
			i := int64(len(leaves))
			more, err := tlog.StoredHashes(i, entry, stored)
			if err != nil {
				return nil, nil, err
			}
			leaves = append(leaves, tlog.RecordHash(entry))
			stored = append(stored, more...)
		}
	}
	return leaves, stored, nil
}

// readTiles reads every hash of the tree through tlog.TileHashReader, which checks each tile against the root, and compares it
// with the hash that follows from the entries.
func readTiles(src *source, tree tlog.Tree, stored hashes) (hashes, error) {
	reader := tlog.TileHashReader(tree, src)
	authenticated := make(hashes, 0, len(stored))
	const batch = 8192
	for start := 0; start < len(stored); start += batch {
		indexes := make([]int64, 0, batch)
		for i := start; i < min(start+batch, len(stored)); i++ {
			indexes = append(indexes, int64(i))
		}
		read, err := reader.ReadHashes(indexes)
		if err != nil {
			return nil, fmt.Errorf("tiles: %w", err)
		}
		for i, hash := range read {
			if hash != stored[indexes[i]] {
				level, n := tlog.SplitStoredHashIndex(indexes[i])
				return nil, fmt.Errorf("tiles: node %d at level %d is not the one of the entries", n, level)
			}
		}
		authenticated = append(authenticated, read...)
	}
	return authenticated, nil
}

// checkPair checks that the tree of `from` entries is the beginning of the tree of `to`, both at most the tree's size.
func checkPair(tree tlog.Tree, from, to int64, read tlog.HashReader) error {
	older, err := tlog.TreeHash(from, read)
	if err != nil {
		return err
	}
	newer, err := tlog.TreeHash(to, read)
	if err != nil {
		return err
	}
	if to == tree.N && newer != tree.Hash {
		return fmt.Errorf("another root")
	}
	proof, err := tlog.ProveTree(to, from, read)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, to, newer, from, older)
}

// somePairs are sizes 1 <= from <= to <= size: the edges of tiles, and random ones.
func somePairs(size int64, count int) [][2]int64 {
	pairs := [][2]int64{}
	for _, edge := range []int64{1, 2, 255, 256, 257, 65535, 65536, 65537, size - 1, size} {
		if edge >= 1 && edge <= size {
			pairs = append(pairs, [2]int64{edge, size})
		}
	}
	for len(pairs) < count && size > 0 {
		to := 1 + rand.Int64N(size)
		pairs = append(pairs, [2]int64{1 + rand.Int64N(to), to})
	}
	return pairs
}
