// Submit sends checkpoints to a witness with the client of github.com/transparency-dev/witness, and opens what comes back
// with the verifiers of github.com/transparency-dev/formats.
//
// It reads JSON from standard input: the witness's address, its verifier keys, the log's verifier key, and steps. It writes
// one JSON line a step: the name of the client's error and the size that came with it, or who signed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	client "github.com/transparency-dev/witness/client/http"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

type input struct {
	Address string
	Log     string
	Keys    []string
	Steps   []struct {
		Old        uint64
		Proof      [][]byte
		Checkpoint string
	}
}

type output struct {
	Error  string   `json:"error,omitempty"`
	Size   uint64   `json:"size"`
	Signed []signed `json:"signed,omitempty"`
}

type signed struct {
	Name string `json:"name"`
	Hash uint32 `json:"hash"`
	Time int64  `json:"time"`
}

var names = map[error]string{
	witness.ErrCheckpointStale:  "stale",
	witness.ErrRootMismatch:     "root mismatch",
	witness.ErrUnknownLog:       "unknown log",
	witness.ErrNoValidSignature: "no valid signature",
	witness.ErrOldSizeInvalid:   "old size invalid",
	witness.ErrInvalidProof:     "invalid proof",
	witness.ErrPushback:         "pushback",
}

func main() {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		log.Fatalf("input: %v", err)
	}
	address, err := url.Parse(in.Address)
	if err != nil {
		log.Fatalf("address: %v", err)
	}
	logKey, err := note.NewVerifier(in.Log)
	if err != nil {
		log.Fatalf("log key: %v", err)
	}
	verifiers := []note.Verifier{logKey}
	for _, text := range in.Keys {
		key, err := fnote.NewVerifierForCosignatureV1(text)
		if err != nil {
			log.Fatalf("witness key: %v", err)
		}
		verifiers = append(verifiers, key)
	}
	w := client.NewWitness(address, &http.Client{Timeout: 30 * time.Second})
	out := json.NewEncoder(os.Stdout)
	for _, step := range in.Steps {
		body, size, err := w.Update(context.Background(), step.Old, []byte(step.Checkpoint), step.Proof)
		answer := output{Size: size}
		if err != nil {
			answer.Error = err.Error()
			for known, name := range names {
				if errors.Is(err, known) {
					answer.Error = name
				}
			}
		} else {
			opened, err := note.Open(append([]byte(step.Checkpoint), body...), note.VerifierList(verifiers...))
			if err != nil {
				log.Fatalf("the cosigned checkpoint does not open: %v", err)
			}
			if len(opened.UnverifiedSigs) > 0 {
				log.Fatalf("%d signatures are by keys that nobody knows", len(opened.UnverifiedSigs))
			}
			for _, sig := range opened.Sigs[1:] {
				at, err := fnote.CoSigV1Timestamp(sig)
				if err != nil {
					log.Fatalf("the cosignature has no time: %v", err)
				}
				answer.Signed = append(answer.Signed, signed{sig.Name, sig.Hash, at.Unix()})
			}
		}
		if err := out.Encode(answer); err != nil {
			log.Fatal(err)
		}
	}
}
