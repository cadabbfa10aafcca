package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	servicePairs    = 200
	serviceReceipts = 200
)

// checkService asks the service for consistency proofs and receipts, and checks them against what was audited before.
func checkService(src *source, vkey string, tree tlog.Tree, leaves []tlog.Hash, read tlog.HashReader) error {
	for _, pair := range somePairs(tree.N, servicePairs) {
		if err := checkServedPair(src, pair[0], pair[1], read); err != nil {
			return fmt.Errorf("consistency %d to %d: %w", pair[0], pair[1], err)
		}
	}
	for n := range serviceReceipts {
		i := rand.Int64N(tree.N)
		if n < 2 {
			i = int64(n) * (tree.N - 1)
		}
		if err := checkServedReceipt(src, vkey, leaves[i], i, tree); err != nil {
			return fmt.Errorf("receipt of entry %d: %w", i, err)
		}
	}
	return nil
}

func checkServedPair(src *source, from, to int64, read tlog.HashReader) error {
	body, err := src.get(fmt.Sprintf("api/v1/consistency?from=%d&to=%d", from, to))
	if err != nil {
		return err
	}
	var answer struct {
		From, To int64
		Proof    []string
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	if answer.From != from || answer.To != to {
		return fmt.Errorf("an answer for %d to %d", answer.From, answer.To)
	}
	served := tlog.TreeProof{}
	for _, text := range answer.Proof {
		hash, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(hash) != tlog.HashSize {
			return fmt.Errorf("not a hash: %q", text)
		}
		served = append(served, tlog.Hash(hash))
	}
	older, err := tlog.TreeHash(from, read)
	if err != nil {
		return err
	}
	newer, err := tlog.TreeHash(to, read)
	if err != nil {
		return err
	}
	return tlog.CheckTree(served, to, newer, from, older)
}

func checkServedReceipt(src *source, vkey string, leaf tlog.Hash, index int64, tree tlog.Tree) error {
	body, err := src.get("api/v1/receipts/by-leaf/" + hex.EncodeToString(leaf[:]))
	if err != nil {
		return err
	}
	var receipt proof.TLogProof
	if err := receipt.Unmarshal(body); err != nil {
		return err
	}
	at, err := openCheckpoint(receipt.Checkpoint, vkey)
	if err != nil {
		return err
	}
	if at != tree || int64(receipt.Index) != index {
		return fmt.Errorf("it is for entry %d of %v", receipt.Index, at)
	}
	served := tlog.RecordProof{}
	for _, hash := range receipt.Hashes {
		served = append(served, tlog.Hash(hash))
	}
	return tlog.CheckRecord(served, at.N, at.Hash, index, leaf)
}
