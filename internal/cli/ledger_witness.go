package cli

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/fault"
)

// ledgerWitnessKey makes the key of a witness.
type ledgerWitnessKey struct {
	Name string `required:"" placeholder:"NAME" help:"Name of the witness, such as a host name: no spaces, no plus sign."`
	File string `arg:"" type:"path" help:"File for the secret key. It must not exist."`
}

// Run writes the secret key and prints the public one.
func (c *ledgerWitnessKey) Run(r *run) error {
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	v, err := ledger.NewCosignatureVerifier(c.Name, public)
	if err != nil {
		return fault.New(fault.Invalid, "%q cannot be the name of a witness.", c.Name).WithHint("Use a host name: no spaces, no plus sign.").Wrap(err)
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "The file %s is there already.", c.File).WithHint("A witness keeps its key. Name another file for another witness.")
	}
	if err != nil {
		return cannotWrite(c.File, err)
	}
	_, err = fmt.Fprintf(f, "%s\n%s\n", c.Name, hex.EncodeToString(secret.Seed()))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return cannotWrite(c.File, err)
	}
	fmt.Fprintln(r.out, v.String())
	return nil
}

// ledgerCosign signs a checkpoint as a witness. It needs no node.
type ledgerCosign struct {
	Key     string `required:"" type:"path" placeholder:"FILE" help:"Secret key of the witness."`
	State   string `required:"" type:"path" placeholder:"DIR" help:"Folder where the witness keeps what it has signed. Never remove it, never copy it back."`
	Log     string `required:"" placeholder:"KEY" help:"Public key of the log, or a file with it."`
	Request string `arg:"" type:"path" help:"What the node wrote."`
	File    string `arg:"" optional:"" type:"path" help:"File to write. Default: standard output."`
}

// Run checks that the log has only grown, remembers it and signs.
func (c *ledgerCosign) Run(r *run) error {
	signer, err := c.signer(r)
	if err != nil {
		return err
	}
	text, err := keyText(c.Log)
	if err != nil {
		return err
	}
	logs, err := ledger.LogKeys(text)
	if err != nil {
		return fault.New(fault.Invalid, "This is not the public key of a log.").WithHint("The node prints it with \"fourfold ledger key\".").Wrap(err)
	}
	body, err := readInput(c.Request)
	if err != nil {
		return err
	}
	request, err := ledger.ParseCosignRequest(body)
	if err != nil {
		return fault.New(fault.Invalid, "%s is not what a node asks a witness to sign.", c.Request).Wrap(err)
	}
	if err := os.MkdirAll(c.State, 0o700); err != nil {
		return cannotWrite(c.State, err)
	}
	w := ledger.NewWitness(signer, ledger.NewFileState(c.State), logs)
	signed, err := w.Cosign(request)
	if stale, ok := errors.AsType[*ledger.StaleError](err); ok {
		return fault.New(fault.Conflict, "This witness has seen %d entries.", stale.Size).
			WithHint("On the node: fourfold ledger checkpoint --old %d", stale.Size).Wrap(err)
	}
	if err != nil {
		return fault.New(fault.Conflict, "The witness refuses: the log does not extend what it has signed, or is not signed by its key.").
			WithHint("Keep the request. Somebody may have altered the node: tell the person responsible for security.").Wrap(err)
	}
	return r.writeOut(c.File, signed)
}

// signer reads the secret key.
func (c *ledgerCosign) signer(r *run) (*ledger.Cosigner, error) {
	data, err := readInput(c.Key)
	if err != nil {
		return nil, err
	}
	name, digits, _ := strings.Cut(strings.TrimSpace(string(data)), "\n")
	seed, err := hex.DecodeString(digits)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fault.New(fault.Invalid, "%s is not the key of a witness.", c.Key).WithHint("Make one with \"fourfold ledger witness-key\".")
	}
	return ledger.NewCosigner(name, ed25519.NewKeyFromSeed(seed), func() int64 { return r.clock().Unix() })
}
