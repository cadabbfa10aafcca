// The command receipt reads a tlog-proof (C2SP tlog-proof) from standard input and checks it with other people's code: the
// receipt by github.com/transparency-dev/formats/proof, the checkpoint by golang.org/x/mod/sumdb/note, the inclusion by
// github.com/transparency-dev/merkle/proof. What is included is the file that the second argument names: a leaf record.
//
//	receipt <verifier key> <leaf file> < receipt.tlog-proof
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/transparency-dev/formats/log"
	fproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(vkey, leafFile string) error {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	leaf, err := os.ReadFile(leafFile)
	if err != nil {
		return err
	}
	var receipt fproof.TLogProof
	if err := receipt.Unmarshal(text); err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	if !bytes.Equal(receipt.Marshal(), text) {
		return fmt.Errorf("receipt: it would be written differently")
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return fmt.Errorf("verifier key: %w", err)
	}
	checkpoint, rest, _, err := log.ParseCheckpoint(receipt.Checkpoint, verifier.Name(), verifier)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if len(rest) > 0 {
		return fmt.Errorf("checkpoint: it has extension lines")
	}
	hashes := make([][]byte, len(receipt.Hashes))
	for i, hash := range receipt.Hashes {
		hashes[i] = hash[:]
	}
	hasher := rfc6962.DefaultHasher
	err = proof.VerifyInclusion(hasher, receipt.Index, checkpoint.Size, hasher.HashLeaf(leaf), hashes, checkpoint.Hash)
	if err != nil {
		return fmt.Errorf("inclusion: %w", err)
	}
	fmt.Printf("entry %d of %d\n", receipt.Index, checkpoint.Size)
	return nil
}
