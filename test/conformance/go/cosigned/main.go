// The command cosigned reads a signed checkpoint from standard input and checks it with other people's code
// (github.com/transparency-dev/formats/log and note): every verifier key that it is given has to have signed. The first is the
// log's own; the others may be of witnesses, Ed25519 or ML-DSA-44. It prints origin and size.
//
//	cosigned <verifier key of the log> [verifier key...] < checkpoint
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(vkeys []string) error {
	signed, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	verifiers := make([]note.Verifier, len(vkeys))
	for i, vkey := range vkeys {
		if verifiers[i], err = fnote.NewVerifier(vkey); err != nil {
			return fmt.Errorf("verifier key %d: %w", i, err)
		}
	}
	checkpoint, rest, opened, err := log.ParseCheckpoint(signed, verifiers[0].Name(), verifiers[0], verifiers[1:]...)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("it has extension lines")
	}
	if len(opened.Sigs) != len(vkeys) {
		return fmt.Errorf("%d of %d keys have signed", len(opened.Sigs), len(vkeys))
	}
	fmt.Printf("%s %d\n", checkpoint.Origin, checkpoint.Size)
	return nil
}
